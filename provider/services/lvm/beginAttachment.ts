import type { Lock } from "../../host/lock.js";
import { detachLoop, type LoopDevice } from "../../host/loop.js";
import { foldersBetween, mountsOf, removeDirectories, unmount } from "../../host/mounts.js";
import { isDead, isLeftBehind, isNamed } from "../claims.js";
import type { AttachWish, Identity } from "../service.js";
import { finishClearing, refuseUnfinished } from "./changeVolume.js";
import { refuseActiveGroup } from "./deviceMapper.js";
import { type ByteRange, rangeOfVolume } from "./extents.js";
import { partsOf, volumeId } from "./ids.js";
import { requireVolume } from "./locate.js";
import { newMark } from "./marking.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { retagVolume } from "./retag.js";
import { attachmentMarkTag, creationTags, directoryTags, parseTags } from "./tags.js";
import { attachedElsewhere, devicesOver } from "./volumeDevice.js";

export interface BegunAttachment {
  readonly group: Group;
  readonly lv: LogicalVolume;
  readonly range: ByteRange;
  /** The tags that say that this attachment has begun. */
  readonly tags: readonly string[];
  /** The device that a killed create of the same identity made. */
  readonly left: LoopDevice | undefined;
}

/**
 * Marks an attachment's beginning on its volume, in whose place the volume's own mark goes: it is used through us from
 * now on. Throws IN_USE if the volume is attached, but for what a killed create left: that is gone on with, or let go.
 */
export async function beginAttachment(
  identity: Identity,
  id: string,
  { firstDirectory }: AttachWish,
  lock: Lock,
): Promise<BegunAttachment> {
  const { group, lv } = requireVolume(await readGroups({ lock }), partsOf(id));
  refuseUnfinished(group, lv);
  refuseActiveGroup(group);
  await finishClearing(group, lv, lock);
  const range = rangeOfVolume(group, lv);
  const left = await leftDevice(identity, id, group, lv, lock);
  // A killed create has made the directory already, so it is not missing now.
  const { madeDirectory } = parseTags(lv.tags);
  const tags = [attachmentMarkTag(newMark(identity)), ...directoryTags(firstDirectory ?? madeDirectory)];
  const old = creationTags(lv.tags);
  const add = tags.filter((tag) => !old.includes(tag));
  const remove = old.filter((tag) => !tags.includes(tag));
  await retagVolume(group, lv, { add, remove }, lock);
  return { group, lv, range, tags, left };
}

async function leftDevice(
  identity: Identity,
  id: string,
  group: Group,
  lv: LogicalVolume,
  lock: Lock,
): Promise<LoopDevice | undefined> {
  const range = rangeOfVolume(group, lv);
  const devices = devicesOver(range);
  const [device, ...others] = devices;
  if (device === undefined) return undefined;
  const { attachmentMark } = parseTags(lv.tags);
  if (attachmentMark === undefined || isNamed("Attachment", id)) throw attachedElsewhere(group, lv, devices);
  const isOwn = isLeftBehind(attachmentMark, identity);
  if (isOwn && others.length === 0 && device.offsetBytes === range.offsetBytes) return device;
  if (!isOwn && !isLeftInStack(group, lv, identity.stack)) throw attachedElsewhere(group, lv, devices);
  await letGo(group, lv, lock);
  return undefined;
}

/**
 * Whether a killed create of some Attachment of the stack left the volume attached: no delete of it will ever come. One
 * that the engine has named in this process is in its state.
 */
export function isLeftInStack({ name: group }: Group, { name, tags }: LogicalVolume, stack: string): boolean {
  const { attachmentMark: mark } = parseTags(tags);
  return mark !== undefined && mark.stack === stack && isDead(mark) && !isNamed("Attachment", volumeId(group, name));
}

/** Unmounts and detaches what a killed create left. */
export async function letGo(group: Group, lv: LogicalVolume, lock: Lock): Promise<void> {
  const { madeDirectory } = parseTags(lv.tags);
  for (const loop of devicesOver(rangeOfVolume(group, lv))) {
    for (const { path } of mountsOf(loop.path)) {
      await unmount(path, lock);
      if (madeDirectory !== undefined) removeDirectories(foldersBetween(madeDirectory, path));
    }
    await detachLoop(loop.path, lock);
  }
}
