import { writeFile } from "node:fs/promises";
import { BlockboxError } from "../../errors.js";
import { type Disk, diskOf } from "./disk.js";
import { wordsOf } from "./login.js";
import type { Session } from "./session.js";
import type { Target } from "./target.js";
import { untilSo } from "./untilSo.js";

/** How long after each scan a disk may take to appear, in ms. */
const waitsMs = [2_000, 5_000, 10_000];

/** The disk of a target's LUN, looked for by the kernel if it is not there yet. Throws COMMAND_FAILED where none comes. */
export async function showDisk(target: Target, session: Session): Promise<Disk> {
  const { lun } = target;
  for (const ms of waitsMs) {
    const there = diskOf(session, lun);
    if (there !== undefined) return there;
    await tell(`/sys/class/scsi_host/host${session.host}/scan`, `- - ${lun}`);
    await untilSo(() => diskOf(session, lun) !== undefined, ms);
  }
  const disk = diskOf(session, lun);
  if (disk !== undefined) return disk;
  throw new BlockboxError(
    "COMMAND_FAILED",
    `LUN ${lun} of ${wordsOf(target)} does not appear on this host. Look at what the target exports, and at \`dmesg\`.`,
  );
}

/** Lets the kernel ask again how large the volume is. */
export function rescanDisk({ folder }: Disk): Promise<void> {
  return tell(`${folder}/rescan`, "1");
}

/** How long the kernel may take for a word that we wrote into sysfs, in ms: it asks the target. */
const tellMs = 60_000;

/** Tells the kernel something by sysfs, in the background: it answers once it is done. */
export async function tell(file: string, word: string): Promise<void> {
  const signal = AbortSignal.timeout(tellMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () =>
      reject(
        new BlockboxError(
          "COMMAND_STALLED",
          `The kernel did not end writing to ${file} within ${tellMs / 1000} s. Look at \`dmesg\`, then run again.`,
        ),
      ),
    );
  });
  await Promise.race([writeFile(file, word), late]);
}
