import { existsSync } from "node:fs";
import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { creatorState } from "../../host/machine.js";
import { removeDirectories } from "../../host/mounts.js";
import { isNamed } from "../claims.js";
import type { BackendFacts, BackendWish } from "../service.js";
import { changeGroup } from "./change.js";
import { lvm } from "./command.js";
import { volumeId } from "./ids.js";
import { locateGroup, refuseOtherMachine } from "./locate.js";
import { discardFile, ensureLoop, requireLoopFile, retireLoopFile, workingPath } from "./loopFile.js";
import { forgetMarks } from "./marking.js";
import { clearAndRemove } from "./removeVolume.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { parseTags } from "./tags.js";
import { bury, isBuried } from "./tombstone.js";

/**
 * Removes a group that we made, if nothing is left in it but what killed creates of the same stack left behind. The file
 * is renamed first and removed last, so that a re-run of a killed delete knows where it stands.
 */
export async function removeGroup(
  volumeGroup: string,
  stack: string,
  wish: BackendWish,
  recorded: BackendFacts,
): Promise<void> {
  refuseOtherMachine(volumeGroup, recorded.location);
  await changeGroup(volumeGroup, `deleting volume group ${volumeGroup}`, async (lock) => {
    const { vgUuid } = recorded.location;
    const { path } = requireLoopFile(wish);
    const retired = workingPath(path, vgUuid, "deleted");
    // A delete that was cut short, perhaps before a reboot: only with its device back can the file show that it is empty.
    if (!isBuried(vgUuid) && existsSync(retired)) await ensureLoop(retired, lock);
    const groups = await readGroups({ lock });
    const isOver = isBuried(vgUuid) || (existsSync(retired) && !groups.some(({ uuid }) => uuid === vgUuid));
    if (!isOver) {
      const group = locateGroup(groups, volumeGroup, recorded.location);
      await empty(group, stack, lock);
      for (const { device } of group.pvs) retireLoopFile(path, vgUuid, device);
      await lvm(["vgremove", volumeGroup], { lock });
    }
    bury(vgUuid);
    await discardFile(retired, lock);
    removeDirectories(recorded.directories);
    forgetMarks(volumeGroup);
  });
}

async function empty(group: Group, stack: string, lock: Lock): Promise<void> {
  const left = group.lvs.filter((lv) => isLeftByKilledCreate(group, lv, stack));
  const others = group.lvs.filter((lv) => !left.includes(lv));
  if (others.length > 0) {
    const names = others.map(({ name, tags }) => `${name} (${parseTags(tags).name ?? "not ours"})`);
    throw new BlockboxError(
      "IN_USE",
      `Volume group ${group.name} still holds ${names.join(", ")}. Delete these volumes first; nothing was removed.`,
    );
  }
  for (const lv of left) await clearAndRemove(group, lv, stack, lock);
}

/** Rule 1: marked, of this stack, its creator dead, and never named by the engine, so that no state can know of it. */
function isLeftByKilledCreate(group: Group, lv: LogicalVolume, stack: string): boolean {
  const { ours, mark } = parseTags(lv.tags);
  if (!ours || mark === undefined || isNamed("Volume", volumeId(group.name, lv.name))) return false;
  return mark.stack === stack && creatorState(mark.creator) === "dead";
}
