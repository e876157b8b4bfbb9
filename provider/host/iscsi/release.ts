import { closeSync, constants, existsSync, openSync } from "node:fs";
import { BlockboxError } from "../../errors.js";
import { activity } from "../blockDevice.js";
import { run } from "../command.js";
import { cannotLetGo, waitUntilUnused } from "../letGo.js";
import type { Lock } from "../lock.js";
import { deviceUsers } from "../users.js";
import { type Disk, findDisk, lunFolders } from "./disk.js";
import { logout } from "./login.js";
import { removeRecord } from "./nodeRecord.js";
import { tell } from "./scan.js";
import { findSession } from "./session.js";
import type { Target } from "./target.js";
import { untilSo } from "./untilSo.js";

/** How long the kernel may take to take a disk away, in ms. */
const goneMs = 30_000;

/**
 * Lets go of a target's LUN: what was written is flushed, the disk goes, and with the last one the session and its
 * record. Each step finds for itself whether it is done already. Throws IN_USE while anything uses the disk.
 */
export async function releaseTarget(target: Target, lock: Lock): Promise<void> {
  const disk = findDisk(target);
  if (disk !== undefined) await removeDisk(disk, lock);
  const session = findSession(target);
  if (session !== undefined) {
    const showsMore = lunFolders(session).some((folder) => existsSync(`${folder}/block`));
    if (showsMore) return;
    await logout(target, lock);
  }
  await removeRecord(target, lock);
}

/** Neither a logout nor the removal of a disk asks who uses it: what is not yet written would be lost. */
export async function removeDisk(disk: Disk, lock: Lock): Promise<void> {
  await waitUntilUnused(disk.path, disk.path);
  // Held until it is gone, so that nothing can be mounted from it any more.
  const claim = claimOf(disk);
  try {
    await run("blockdev", ["--flushbufs", disk.path], { lock, progress: () => activity(disk.path) });
    await tell(`${disk.folder}/delete`, "1");
  } finally {
    closeSync(claim);
  }
  const isGone = await untilSo(() => !existsSync(disk.folder), goneMs);
  if (!isGone)
    throw new BlockboxError(
      "COMMAND_FAILED",
      `${disk.path} was let go of, but the kernel still has it after ${goneMs / 1000} s. Look at \`dmesg\`, then run again.`,
    );
}

function claimOf({ path }: Disk): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBUSY") throw cannotLetGo(path, deviceUsers(path));
    throw error;
  }
}
