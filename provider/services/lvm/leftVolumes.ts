import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { creatorState } from "../../host/machine.js";
import { isNamed } from "../claims.js";
import { onceCopied } from "./copies/fillCopy.js";
import { volumeId } from "./ids.js";
import { clearAndRemove } from "./removeVolume.js";
import type { Group, LogicalVolume } from "./report.js";
import { clearAndRemoveSnapshot } from "./snapshots/removeSnapshot.js";
import { isOwnSnapshot } from "./snapshots/snapshotsOf.js";
import { isForCopy } from "./snapshots/snapshotTags.js";
import { parseTags } from "./tags.js";

/**
 * Removes from a group that is given up what killed creates of the same stack left in it. Throws IN_USE, before
 * anything is done, where it holds something else that `isInTheWay`.
 */
export async function emptyGroup(
  group: Group,
  stack: string,
  isInTheWay: (lv: LogicalVolume) => boolean,
  lock: Lock,
): Promise<void> {
  const left = group.lvs.filter((lv) => isLeftByKilledCreate(group, lv, stack));
  const others = group.lvs.filter((lv) => !left.includes(lv) && isInTheWay(lv));
  if (others.length > 0) {
    const names = others.map(({ name, tags }) => `${name} (${parseTags(tags).name ?? "not ours"})`);
    throw new BlockboxError(
      "IN_USE",
      `Volume group ${group.name} still holds ${names.join(", ")}. Delete these volumes first; nothing was removed.`,
    );
  }
  for (const lv of left.filter((one) => isOwnSnapshot(group, one))) await clearAndRemoveSnapshot(group, lv, lock);
  for (const lv of left.filter((one) => !isOwnSnapshot(group, one)))
    await onceCopied(lv, () => clearAndRemove(group, lv, { stack, cascade: false }, lock));
}

/** What was there for a copy only; or by rule 1: marked, of this stack, its creator dead, and never named by the engine, so that no state can know of it. */
function isLeftByKilledCreate(group: Group, lv: LogicalVolume, stack: string): boolean {
  const { ours, mark } = parseTags(lv.tags);
  if (isForCopy(lv)) return ours;
  const kind = isOwnSnapshot(group, lv) ? "Snapshot" : "Volume";
  if (!ours || mark === undefined || isNamed(kind, volumeId(group.name, lv.name))) return false;
  return mark.stack === stack && creatorState(mark.creator) === "dead";
}
