import { existsSync } from "node:fs";
import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { detachLoop, loopOfFile } from "../../host/loop.js";
import type { BackendFacts, BackendWish } from "../service.js";
import { changeGroup } from "./change.js";
import { lvm } from "./command.js";
import { groupFacts } from "./groupFacts.js";
import { groupFamilies, groupTags, parseGroupTags } from "./groupTags.js";
import { locateGroup, refuseOtherMachine } from "./locate.js";
import { ensureLoop, growLoopFile, requireLoopFile, workingPath } from "./loopFile.js";
import { type Group, readGroups } from "./report.js";
import { retagGroup } from "./retag.js";
import { creationTags, tagChanges } from "./tags.js";

/** Brings a group back if its loop device is gone (as after a reboot), lets it grow, and keeps its tags in step. */
export async function updateGroup(
  volumeGroup: string,
  wish: BackendWish,
  recorded: BackendFacts,
): Promise<BackendFacts> {
  refuseOtherMachine(volumeGroup, recorded.location);
  return changeGroup(volumeGroup, `changing volume group ${volumeGroup}`, async (lock) => {
    const loopFile = requireLoopFile(wish);
    refuseRetired(loopFile.path, recorded.location.vgUuid);
    const group = await bringBack(volumeGroup, loopFile.path, recorded, lock);
    const loop = await ensureLoop(loopFile.path, lock);
    await growLoopFile(loopFile, loop, lock);
    // Without a change this does nothing; after a kill between file and group it finishes.
    await lvm(["pvresize", loop.path], { lock });
    await retag(group, wish, lock);
    return groupFacts(locateGroup(await readGroups({ lock }), volumeGroup, recorded.location), recorded);
  });
}

async function bringBack(volumeGroup: string, path: string, { location }: BackendFacts, lock: Lock): Promise<Group> {
  const wasThere = loopOfFile(path) !== undefined;
  const loop = await ensureLoop(path, lock);
  try {
    return locateGroup(await readGroups({ lock }), volumeGroup, location);
  } catch (error) {
    // The file holds something else than the group: nothing of it is to be left attached by us.
    if (!wasThere) await detachLoop(loop.path, lock);
    throw error;
  }
}

async function retag(group: Group, wish: BackendWish, lock: Lock): Promise<void> {
  const wanted = groupTags({
    ...parseGroupTags(group.tags),
    name: wish.name,
    volumeClear: wish.volumeClear,
    sparse: requireLoopFile(wish).sparse,
  });
  const { add, remove } = tagChanges(group.tags, wanted, groupFamilies);
  await retagGroup(group, { add, remove: [...remove, ...creationTags(group.tags)] }, lock);
}

function refuseRetired(path: string, vgUuid: string): void {
  if (!existsSync(workingPath(path, vgUuid, "deleted"))) return;
  throw new BlockboxError(
    "UNFINISHED",
    `The deletion of the Backend on ${path} has begun and was cut short. Run \`pulumi destroy\`, or remove it from the program, to finish.`,
  );
}
