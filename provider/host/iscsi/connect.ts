import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BlockboxError } from "../../errors.js";
import { run } from "../command.js";
import { type Lock, withLock } from "../lock.js";
import { notice } from "../notice.js";
import { deviceClaims } from "../users.js";
import { type Disk, diskOf, findDisk } from "./disk.js";
import { ensureSession, wordsOf } from "./login.js";
import { releaseTarget, removeDisk } from "./release.js";
import { rescanDisk, showDisk } from "./scan.js";
import { findSession } from "./session.js";
import type { Chap, Target } from "./target.js";
import { undone } from "./undone.js";
import { isLasting } from "./wwn.js";

/** A volume as its disk has to be. */
export interface Expected {
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  /** What the disk was named by before; nothing: it was not here before. */
  readonly wwn?: string | undefined;
}

/** Takes a disk away that stands where a volume is to be shown and that nobody uses: it may still show what was there before. */
export async function clearEarlier(target: Target): Promise<void> {
  if (findDisk(target) === undefined) return;
  await holdTarget(target, `looking at ${wordsOf(target)}`, async (lock) => {
    const disk = findDisk(target);
    if (disk === undefined) return;
    const claims = deviceClaims(disk.path);
    if (claims.length > 0) {
      throw new BlockboxError(
        "IN_USE",
        `The volume is attached to this host already, as ${disk.path}: ${claims.join("; ")}. Let go of it, then run again.`,
      );
    }
    await removeDisk(disk, lock);
  });
}

/** Shows a volume on this host for the first time. Whatever fails, no disk, session or record is left that was not there. */
export function connect(target: Target, chap: Chap | undefined, expected: Expected): Promise<Disk> {
  return holdTarget(target, `connecting ${wordsOf(target)}`, (lock) => show(target, chap, expected, lock));
}

/** Shows a volume that state says is attached here: nothing to do, or logged in again after a reboot. */
export function reconnect(target: Target, chap: Chap | undefined, expected: Expected): Promise<Disk> {
  return holdTarget(target, `connecting ${wordsOf(target)} again`, async (lock) => {
    if (findDisk(target) === undefined) return show(target, chap, expected, lock);
    // tgt ends the session of a volume that has grown, and it comes back by itself some seconds later.
    await ensureSession(target, chap, lock);
    await seenAtSize(target, expected.sizeBytes);
    return asExpected(target, expected, lock);
  });
}

/** How long a target may take to show that its volume has grown, in ms. */
const growthMs = 20_000;

async function seenAtSize(target: Target, sizeBytes: number): Promise<void> {
  const deadline = performance.now() + growthMs;
  for (;;) {
    const disk = findDisk(target);
    if (disk === undefined || disk.sizeBytes === sizeBytes || performance.now() > deadline) return;
    await rescanDisk(disk);
    if (findDisk(target)?.sizeBytes !== sizeBytes) await sleep(500);
  }
}

/** Lets go of a volume; see releaseTarget. */
export function disconnect(target: Target): Promise<void> {
  return holdTarget(target, `disconnecting ${wordsOf(target)}`, (lock) => releaseTarget(target, lock));
}

async function show(target: Target, chap: Chap | undefined, expected: Expected, lock: Lock): Promise<Disk> {
  const session = await ensureSession(target, chap, lock);
  try {
    await showDisk(target, session);
    return await asExpected(target, expected, lock);
  } catch (error) {
    throw await undone(error, () => releaseTarget(target, lock));
  }
}

async function asExpected(target: Target, expected: Expected, lock: Lock): Promise<Disk> {
  const disk = findDisk(target);
  if (disk === undefined)
    throw new BlockboxError(
      "COMMAND_FAILED",
      `The disk of ${wordsOf(target)} is gone again. Look at \`dmesg\`, then run again.`,
    );
  refuseOther(target, disk, expected);
  refuseMultipath(disk);
  if (disk.readOnly !== expected.readOnly)
    await run("blockdev", [expected.readOnly ? "--setro" : "--setrw", disk.path], { lock });
  const session = findSession(target);
  return (session && diskOf(session, target.lun)) ?? disk;
}

/** A LUN can come to be another volume's when a target was changed behind its initiators' backs (CVE-2023-2088). */
function refuseOther(target: Target, disk: Disk, { sizeBytes, wwn }: Expected): void {
  if (disk.sizeBytes !== sizeBytes)
    throw another(target, disk, `it has ${disk.sizeBytes} bytes, and the volume ${sizeBytes}`);
  if (wwn !== undefined && isLasting(wwn) && disk.wwn !== wwn)
    throw another(target, disk, `it is ${disk.wwn || "without a name"}, and the volume was ${wwn}`);
}

/** Through a map and beside it, the same blocks would be cached twice. */
function refuseMultipath({ path }: Disk): void {
  const maps = deviceClaims(path).filter((claim) => claim.includes("(multipath map "));
  if (maps.length > 0)
    throw new BlockboxError("IN_USE", `${path} is not ours to use: ${maps.join("; ")}, then run again.`);
}

function another({ lun, ...target }: Target, { path }: Disk, why: string): BlockboxError {
  return new BlockboxError(
    "SERVICE_FAILED",
    `LUN ${lun} of ${wordsOf({ lun, ...target })}, here ${path}, does not show the volume: ${why}. It is not touched. Look at the volume service and its targets; if it has exported the volume anew since, remove the Attachment and make it again.`,
  );
}

/** One change of a target's session at a time, also behind the commands of a killed process. */
function holdTarget<T>({ iqn, portal }: Target, purpose: string, body: (lock: Lock) => Promise<T>): Promise<T> {
  const name = createHash("sha256").update(`${portal} ${iqn}`).digest("hex").slice(0, 32);
  return withLock(`iscsi-${name}`, purpose, body, { notify: notice });
}
