import type { VolumeSource } from "../service.js";
import { activationOf } from "./activation/activationOf.js";
import type { ForeseenGroup } from "./foreseenGroup.js";
import { gibBytes } from "./geometry.js";
import { idOfSource } from "./ids.js";
import { extentsIn } from "./placement.js";
import type { Intent, PlannedChanges, PlannedCreate, RoomBeside } from "./plannedChanges.js";
import type { LogicalVolume } from "./report.js";
import { snapshotExtents } from "./snapshots/snapshotRoom.js";
import { isForCopy, takenOf } from "./snapshots/snapshotTags.js";

type Intents = ReadonlyMap<string, Intent>;

/** What the intents of a deployment, by identity, take of a group at most, in whatever order an update goes. */
export function changesOf(intents: Intents, group: ForeseenGroup): PlannedChanges {
  const { layout } = group;
  const besides = new Map<string, RoomBeside | undefined>();
  const besideOf = (lv: LogicalVolume) => {
    if (!besides.has(lv.uuid)) besides.set(lv.uuid, roomBeside(lv, intents, group));
    return besides.get(lv.uuid);
  };
  const growths = [...intents].flatMap(([identity, intent]) => {
    const lv = intent.kind === "growth" ? lvOf(group, intent) : undefined;
    return lv && intent.kind === "growth" ? [{ identity, lv, toGib: intent.toGib }] : [];
  });
  const creates = [...intents].flatMap(([identity, intent]): PlannedCreate[] => {
    if (intent.kind === "snapshot") {
      const lv = lvOf(group, intent);
      // One in a pool promises nothing.
      const isThick = lv && lv.kind !== "thin";
      return isThick ? [{ identity, kind: "thickSnapshot", sizeGib: snapshotGib(lv, intents, group) }] : [];
    }
    if (intent.kind !== "volume") return [];
    const { sizeGib, source } = intent;
    if (source === undefined) return [{ identity, kind: group.isThin ? "thin" : "thick", sizeGib }];
    const lv = sourceOf(group, source);
    if (lv === undefined) return [];
    const kind = lv.kind === "thin" ? "thin" : "thick";
    // What a snapshot shows stays the same.
    if ("snapshot" in source) return [{ identity, kind, sizeGib }];
    const size = Math.max(sizeGib, Math.floor(grownBytes(intents, lv) / gibBytes));
    return [{ identity, kind, sizeGib: size, beside: kind === "thick" ? besideOf(lv) : undefined }];
  });
  return { layout, growths, creates };
}

/** The size of a volume that may have grown first. */
export function grownBytes(intents: Intents, { uuid, sizeBytes }: LogicalVolume): number {
  const sizes = [...intents.values()].map((intent) =>
    intent.kind === "growth" && intent.lvUuid === uuid ? intent.toGib * gibBytes : 0,
  );
  return Math.max(sizeBytes, ...sizes);
}

/**
 * See copies/fillCopy.ts: what may change while it is copied is copied from a snapshot. Those that are left of earlier
 * copies go before it is taken, but after the copy has got its own room.
 */
function roomBeside(lv: LogicalVolume, intents: Intents, foreseen: ForeseenGroup): RoomBeside | undefined {
  const { group, layout } = foreseen;
  const isAttached = group !== undefined && activationOf(group).devicesOf(group, lv).length > 0;
  const willBe = [...intents.values()].some((intent) => intent.kind === "attachment" && intent.lvUuid === lv.uuid);
  if (!isAttached && !willBe) return undefined;
  const earlier = layout.lvs.filter((one) => isForCopy(one) && takenOf(one).of === lv.name);
  const has = gibOf(
    earlier.flatMap(({ segments }) => segments),
    layout,
  );
  return { of: lv.uuid, gib: Math.max(0, snapshotGib(lv, intents, foreseen) - has) };
}

function snapshotGib(lv: LogicalVolume, intents: Intents, { layout }: ForeseenGroup): number {
  return gibOf([{ extents: snapshotExtents(layout, { sizeBytes: grownBytes(intents, lv) }) }], layout);
}

function gibOf(pieces: readonly { readonly extents: number }[], { extentSizeBytes }: ForeseenGroup["layout"]): number {
  return (extentsIn(pieces) * extentSizeBytes) / gibBytes;
}

function lvOf({ layout }: ForeseenGroup, { lvUuid }: { readonly lvUuid: string }): LogicalVolume | undefined {
  return layout.lvs.find(({ uuid }) => uuid === lvUuid);
}

function sourceOf({ layout }: ForeseenGroup, source: VolumeSource): LogicalVolume | undefined {
  const [, name] = idOfSource(source).split("/");
  return layout.lvs.find((lv) => lv.name === name);
}
