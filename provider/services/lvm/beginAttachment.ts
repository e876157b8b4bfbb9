import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { foldersBetween, mountsOf, removeDirectories, unmount } from "../../host/mounts.js";
import { isDead, isLeftBehind, isNamed } from "../claims.js";
import { newMark } from "../mark.js";
import type { AttachWish, Identity, NotedMount } from "../service.js";
import { activationOf } from "./activation/activationOf.js";
import { attachedElsewhere } from "./attachedElsewhere.js";
import { finishClearing, refuseUnfinished } from "./changeVolume.js";
import { partsOf, volumeId } from "./ids.js";
import { requireVolume } from "./locate.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { retagVolume } from "./retag.js";
import { attachmentMarkTag, creationTags, mountTags, parseTags } from "./tags.js";

export interface BegunAttachment {
  readonly group: Group;
  readonly lv: LogicalVolume;
  /** The tags that say that this attachment has begun. */
  readonly tags: readonly string[];
}

/**
 * Marks an attachment's beginning on its volume, in whose place the volume's own mark goes: it is used through us from
 * now on. Throws IN_USE if the volume is attached; but what a killed create left is let go of, and begun anew.
 */
export async function beginAttachment(
  identity: Identity,
  id: string,
  { readOnly, mount }: AttachWish,
  lock: Lock,
): Promise<BegunAttachment> {
  const { group, lv } = requireVolume(await readGroups({ lock }), partsOf(id));
  refuseUnfinished(group, lv);
  if (lv.permission === "ro" && !readOnly)
    throw new BlockboxError("INPUT_REFUSED", `Volume ${id} is read only. Attach it with mode "ro".`);
  activationOf(group).require(group);
  await finishClearing(group, lv, lock);
  await letGoOfLeft(identity, id, group, lv, lock);
  const tags = await noteBeginning(group, lv, [attachmentMarkTag(newMark(identity))], mount, lock);
  return { group, lv, tags };
}

/** Notes on the volume what is about to be mounted anew, in place of earlier notes; returns the tags. */
export async function noteBeginning(
  group: Group,
  lv: LogicalVolume,
  marks: readonly string[],
  mount: NotedMount | undefined,
  lock: Lock,
): Promise<string[]> {
  const { mount: earlier } = parseTags(lv.tags);
  // A killed one has made the directory already, so it is not missing now.
  const madeDirectory = mount?.madeDirectory ?? (earlier?.path === mount?.path ? earlier?.madeDirectory : undefined);
  const tags = [...marks, ...(mount ? mountTags({ path: mount.path, madeDirectory }) : [])];
  const old = creationTags(lv.tags);
  const add = tags.filter((tag) => !old.includes(tag));
  const remove = old.filter((tag) => !tags.includes(tag));
  await retagVolume(group, lv, { add, remove }, lock);
  return tags;
}

async function letGoOfLeft(identity: Identity, id: string, group: Group, lv: LogicalVolume, lock: Lock): Promise<void> {
  const devices = activationOf(group).devicesOf(group, lv);
  if (devices.length === 0) return;
  const { attachmentMark } = parseTags(lv.tags);
  const isOwn = !isNamed("Attachment", id) && isLeftBehind(attachmentMark, identity);
  if (!isOwn && !isLeftInStack(group, lv, identity.stack)) throw attachedElsewhere(group, lv, devices);
  await letGo(group, lv, lock);
}

/**
 * Whether a killed create of some Attachment of the stack left the volume attached: no delete of it will ever come. One
 * that the engine has named in this process is in its state.
 */
export function isLeftInStack({ name: group }: Group, { name, tags }: LogicalVolume, stack: string): boolean {
  const { attachmentMark: mark } = parseTags(tags);
  return mark !== undefined && mark.stack === stack && isDead(mark) && !isNamed("Attachment", volumeId(group, name));
}

/** Unmounts and detaches what a killed create left. Throws IN_USE where somebody else's device shows parts of the volume too. */
export async function letGo(group: Group, lv: LogicalVolume, lock: Lock): Promise<void> {
  const { madeDirectory } = parseTags(lv.tags);
  const activation = activationOf(group);
  activation.deviceOf(group, lv);
  for (const device of activation.devicesOf(group, lv)) {
    for (const { path } of mountsOf(device.path)) {
      await unmount(path, lock);
      if (madeDirectory !== undefined) removeDirectories(foldersBetween(madeDirectory, path));
    }
    await activation.hide(group, lv, device, lock);
  }
}
