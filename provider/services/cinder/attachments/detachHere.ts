import { BlockboxError } from "../../../errors.js";
import { disconnect } from "../../../host/iscsi/connect.js";
import { type Disk, findDisk } from "../../../host/iscsi/disk.js";
import { isSameTarget, type Target } from "../../../host/iscsi/target.js";
import type { Lock } from "../../../host/lock.js";
import type { NotedMount } from "../../service.js";
import { getAttachment } from "../api/attachments.js";
import type { Cinder } from "../cinder.js";
import { isNotFound } from "../client/error.js";
import type { AttachmentParts } from "../ids.js";
import { connectionInfoOf } from "./connectionInfo.js";
import { deleteAttachment } from "./deleteAttachment.js";
import { type HereNote, readHereNote, removeHereNote } from "./hereNote.js";
import { holdVolumeHere } from "./letGoHere.js";
import { reachOf } from "./reach.js";
import { diskShowing, type ShownHere } from "./shownHere.js";

/**
 * Detaches what state records: `letGo` unmounts first, then this host lets go of the disk, and Cinder of the attachment.
 * Each step finds for itself whether it is done already.
 */
export function detachHere(
  cinder: Cinder,
  { volumeId, attachmentId }: AttachmentParts,
  recorded: ShownHere | undefined,
  letGo: (lock: Lock, devicePath: string | undefined, noted: NotedMount | undefined) => Promise<void>,
): Promise<void> {
  return holdVolumeHere(volumeId, `detaching volume ${volumeId}`, async (lock) => {
    const note = readHereNote(attachmentId);
    const there = recorded && findDisk(recorded.target);
    if (there && recorded && diskShowing(recorded) === undefined) throw otherVolume(volumeId, there, recorded);
    const targets = await targetsOf(cinder, attachmentId, recorded, note);
    await letGo(lock, targets.map(findDisk).find((disk) => disk !== undefined)?.path, note?.mount);
    for (const target of targets) await disconnect(target);
    removeHereNote(attachmentId);
    await cinder.inFlight.run(() => deleteAttachment(cinder, attachmentId));
  });
}

/** Where an attachment may be connected: as state has it, as an update was about to; or, of one that was imported, as Cinder has it. */
async function targetsOf(
  cinder: Cinder,
  attachmentId: string,
  recorded: ShownHere | undefined,
  note: HereNote | undefined,
): Promise<Target[]> {
  const known = [recorded?.target, note?.target]
    .filter((target) => target !== undefined)
    .filter((target, index, all) => all.findIndex((other) => isSameTarget(other, target)) === index);
  const exported = known.length === 0 ? await exportedTarget(cinder, attachmentId) : undefined;
  return exported === undefined ? known : [exported];
}

/** Nothing, if it is gone or not over iSCSI. */
async function exportedTarget({ client }: Cinder, attachmentId: string): Promise<Target | undefined> {
  try {
    const attachment = await getAttachment(client, attachmentId);
    return connectionInfoOf(attachment)?.driverVolumeType === "iscsi" ? reachOf(attachment).target : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function otherVolume(volumeId: string, { path, wwn }: Disk, recorded: ShownHere): BlockboxError {
  return new BlockboxError(
    "NOT_OURS",
    `${path} stands where volume ${volumeId} was attached, but is ${wwn}, and not ${recorded.wwn}. It is not touched. See what it is, log out of ${recorded.target.iqn} by hand, then run again.`,
  );
}
