import { disconnect } from "../../../host/iscsi/connect.js";
import { findDisk } from "../../../host/iscsi/disk.js";
import { type Lock, withLock } from "../../../host/lock.js";
import { foldersBetween, mountsOf, removeDirectories, unmount } from "../../../host/mounts.js";
import { notice } from "../../../host/notice.js";
import { readHereNote, removeHereNote } from "./hereNote.js";

/** Runs work of this host on one volume: one at a time, even behind the children of a killed process. */
export function holdVolumeHere<T>(volumeId: string, purpose: string, body: (lock: Lock) => Promise<T>): Promise<T> {
  return withLock(`cinder-volume-${volumeId}`, purpose, body, { notify: notice });
}

/**
 * Undoes on this host what an attachment that failed, or whose create was killed, has begun here: nothing, if it was for
 * another host. Throws IN_USE while anything but its own mount uses the disk. `held`: the volume's lock, if it is held.
 */
export async function letGoHere(volumeId: string, attachmentId: string, held: Lock | undefined): Promise<void> {
  if (readHereNote(attachmentId) === undefined) return;
  if (held !== undefined) return letGo(attachmentId, held);
  await holdVolumeHere(volumeId, `letting go of volume ${volumeId}`, (lock) => letGo(attachmentId, lock));
}

async function letGo(attachmentId: string, lock: Lock): Promise<void> {
  const note = readHereNote(attachmentId);
  if (note === undefined) return;
  const { target, mount } = note;
  const disk = findDisk(target);
  if (disk !== undefined && mount !== undefined) {
    for (const { path } of mountsOf(disk.path)) if (path === mount.path) await unmount(path, lock);
  }
  if (mount?.madeDirectory !== undefined) removeDirectories(foldersBetween(mount.madeDirectory, mount.path));
  await disconnect(target);
  removeHereNote(attachmentId);
}
