import { existsSync } from "node:fs";
import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { detachLoop, loopOfFile } from "../../host/loop.js";
import type { BackendFacts, BackendWish, Location } from "../service.js";
import { changeGroup } from "./change.js";
import { locateGroup, refuseOtherMachine } from "./locate.js";
import { ensureLoop, workingPath } from "./loopFile.js";
import { type Group, readGroups } from "./report.js";
import { reshapeGroup } from "./reshapeGroup.js";

/** Brings a group back if its loop device is gone (as after a reboot), and makes it as wished. */
export async function updateGroup(
  volumeGroup: string,
  wish: BackendWish,
  recorded: BackendFacts,
): Promise<BackendFacts> {
  refuseOtherMachine(volumeGroup, recorded.location);
  return changeGroup(volumeGroup, `changing volume group ${volumeGroup}`, async (lock) => {
    if (wish.loopFile) refuseRetired(wish.loopFile.path, recorded.location.vgUuid);
    const group = await withFile(wish.loopFile?.path, lock, async () =>
      locateGroup(await readGroups({ lock }), volumeGroup, recorded.location),
    );
    return reshapeGroup(group, wish, recorded, lock);
  });
}

/** Looks for a group once the loop device on its file is there. Where it is not found, nothing is left attached by us. */
export async function withFile(path: string | undefined, lock: Lock, find: () => Promise<Group>): Promise<Group> {
  if (path === undefined) return find();
  const wasThere = loopOfFile(path) !== undefined;
  const loop = await ensureLoop(path, lock);
  try {
    return await find();
  } catch (error) {
    if (!wasThere) await detachLoop(loop.path, lock);
    throw error;
  }
}

function refuseRetired(path: string, vgUuid: Location["vgUuid"]): void {
  if (!existsSync(workingPath(path, vgUuid, "deleted"))) return;
  throw new BlockboxError(
    "UNFINISHED",
    `The deletion of the Backend on ${path} has begun and was cut short. Run \`pulumi destroy\`, or remove it from the program, to finish.`,
  );
}
