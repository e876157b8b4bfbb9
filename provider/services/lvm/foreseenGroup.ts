import { isNamed } from "../claims.js";
import { extentCountOf, foreseenLayout, type PlannedDevices } from "./foreseenLayout.js";
import { parseGroupTags } from "./groupTags.js";
import type { Layout } from "./growth.js";
import { volumeId } from "./ids.js";
import { extentsIn, joinRanges, takePieces, withoutRanges } from "./placement.js";
import type { Means } from "./plannedChanges.js";
import { type PlannedPool, promisesOf } from "./pool/promises.js";
import { currentPoolSize, poolRoom } from "./pool/size.js";
import type { ExtentRange, Group } from "./report.js";
import { parseTags } from "./tags.js";
import { poolOf } from "./thinPool.js";

/** What a Backend of this deployment makes of its group. */
export interface PlannedBackend {
  /** Whether the group is still to be made. */
  readonly isNew: boolean;
  readonly devices: PlannedDevices;
  readonly activation: "loop" | "deviceMapper";
  /** Whether new volumes will be made in a pool. */
  readonly hasPool: boolean;
  /** The pool as it will be; nothing where there is none, or where it stays as it is. */
  readonly pool: PlannedPool | undefined;
}

/** A group once its Backend is as the program has it, without anything that is planned in it. */
export interface ForeseenGroup extends Means {
  /** The group as it is; nothing where it is still to be made. */
  readonly group: Group | undefined;
  readonly layout: Layout;
  /** Whether a new volume is made in a pool; a copy is as its source is. */
  readonly isThin: boolean;
}

/**
 * `identities`: whose changes are planned. Nothing where it cannot be known: a group that exists but is not to be seen
 * just now.
 */
export function foreseeGroup(
  volumeGroup: string,
  found: Group | undefined,
  backend: PlannedBackend | undefined,
  identities: ReadonlySet<string>,
): ForeseenGroup | undefined {
  if (found === undefined && !backend?.isNew) return undefined;
  const group = found && withoutBegun(found, identities);
  const { tags, lvs } = group ?? { tags: [], lvs: [] };
  const activation = backend?.activation ?? parseGroupTags(tags).activation;
  const isThin = backend?.hasPool ?? poolOf({ name: volumeGroup, lvs }) !== undefined;
  const layout = backend ? withBackend(volumeGroup, group, backend) : group;
  return (
    layout && {
      ...{ group, layout, isThin },
      inPieces: activation === "deviceMapper",
      promises: isThin ? promisesOf({ name: volumeGroup, tags, lvs }, backend?.pool) : undefined,
    }
  );
}

/**
 * What creates of the planned things have made, killed ones or such as are still at work, is part of what is planned:
 * it is taken over, taken away, or made whole.
 */
function withoutBegun(group: Group, identities: ReadonlySet<string>): Group {
  const begun = group.lvs.filter(({ name, tags }) => {
    const { mark } = parseTags(tags);
    const id = volumeId(group.name, name);
    // What the engine has named is being replaced instead.
    return mark !== undefined && identities.has(mark.identity) && !isNamed("Volume", id) && !isNamed("Snapshot", id);
  });
  const free = joinRanges([...group.free, ...begun.flatMap(({ segments }) => segments)]);
  return begun.length === 0 ? group : { ...group, lvs: group.lvs.filter((lv) => !begun.includes(lv)), free };
}

/** The Backend comes first: its devices and file, then the pool, and then what is planned in the group. */
function withBackend(volumeGroup: string, group: Group | undefined, backend: PlannedBackend): Layout {
  const layout = foreseenLayout(group, backend.devices);
  const { hasPool, pool, activation } = backend;
  const from = group && currentPoolSize(group);
  if (!hasPool) {
    // Which extents a pool gives back matters only to what has to be in one piece.
    return from && activation === "deviceMapper" ? { ...layout, free: withPoolOf(volumeGroup, layout) } : layout;
  }
  if (pool === undefined) return layout;
  const extents = (bytes: number) => bytes / layout.extentSizeBytes;
  const data = extents(pool.dataBytes) - (from?.data ?? 0);
  const metadata = extents(pool.metadataBytes) - (from?.metadata ?? 0);
  // What is kept for the repair of the metadata grows with it.
  const taken = takePieces(layout.free, data + 2 * metadata) ?? layout.free;
  return { ...layout, free: withoutRanges(layout.free, taken) };
}

function withPoolOf(volumeGroup: string, layout: Layout): ExtentRange[] {
  const { lvs, free } = layout;
  const room = poolRoom({ name: volumeGroup, lvs, extentCount: extentCountOf(layout) });
  const name = "planned: the pool's";
  return [...free, { pvUuid: name, pvDevice: name, startExtent: 0, extents: room - extentsIn(free) }];
}
