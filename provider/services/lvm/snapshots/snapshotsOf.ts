import { isDead, isNamed } from "../../claims.js";
import { partsOfSnapshot, volumeId } from "../ids.js";
import type { Group, LogicalVolume } from "../report.js";
import { parseTags } from "../tags.js";
import { isForCopy, takenOf } from "./snapshotTags.js";

/** Whether a logical volume is a snapshot of ours: by name and tag, also once its volume is gone. */
export function isOwnSnapshot({ name: group }: Pick<Group, "name">, { name, tags }: LogicalVolume): boolean {
  return parseTags(tags).ours && partsOfSnapshot(volumeId(group, name)) !== undefined;
}

/** The snapshots without which a volume cannot grow while it is active, and which lvm would remove with it. */
export function thickSnapshotsOf({ lvs }: Pick<Group, "lvs">, { name }: Pick<LogicalVolume, "name">): LogicalVolume[] {
  return lvs.filter(({ kind, origin }) => kind === "thickSnapshot" && origin === name);
}

/** What depends on a volume, or was made from it to look back at it. Volumes that began as its copies do not. */
export interface Snapshots {
  /** Those that some state knows, or is about to. */
  readonly own: LogicalVolume[];
  /** What killed creates of the stack left, and snapshots that were for a copy: nobody knows of them. */
  readonly left: LogicalVolume[];
  /** What somebody else made and the volume cannot go without: thin ones stay whole without a thin origin. */
  readonly foreign: LogicalVolume[];
}

export function snapshotsOf(group: Group, volume: LogicalVolume, stack: string): Snapshots {
  const ours = group.lvs.filter((lv) => isOwnSnapshot(group, lv) && takenOf(lv).of === volume.name);
  const left = ours.filter((lv) => isForCopy(lv) || isLeftInStack(group, lv, stack));
  return {
    own: ours.filter((lv) => !left.includes(lv)),
    left,
    foreign: group.lvs.filter(
      (lv) => lv.origin === volume.name && !ours.includes(lv) && (lv.kind !== "thin" || volume.kind !== "thin"),
    ),
  };
}

/** Whether a killed create of some Snapshot of the stack left it, so that no delete of it will ever come. */
function isLeftInStack({ name: group }: Group, { name, tags }: LogicalVolume, stack: string): boolean {
  const { mark } = parseTags(tags);
  return mark !== undefined && mark.stack === stack && isDead(mark) && !isNamed("Snapshot", volumeId(group, name));
}

/** Whether any snapshot of the volume is in its group, whoever's. */
export function hasSnapshots(group: Group, volume: LogicalVolume): boolean {
  return (
    thickSnapshotsOf(group, volume).length > 0 ||
    group.lvs.some((lv) => isOwnSnapshot(group, lv) && takenOf(lv).of === volume.name)
  );
}
