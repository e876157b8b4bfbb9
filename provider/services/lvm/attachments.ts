import type { Lock } from "../../host/lock.js";
import { awaitCreator } from "../claims.js";
import type { AttachedVolume, AttachmentService } from "../service.js";
import { StillAttachedError } from "../stillAttached.js";
import type { ShownDevice } from "./activation/activation.js";
import { activationOf } from "./activation/activationOf.js";
import { type BegunAttachment, beginAttachment, noteBeginning } from "./beginAttachment.js";
import { changeGroup, holdVolume, recentGroups } from "./change.js";
import { finishClearing, refuseUnfinished } from "./changeVolume.js";
import { foreseeAttachment } from "./foreseeAttachment.js";
import { partsOf } from "./ids.js";
import { locateVolume, requireVolume } from "./locate.js";
import { unmarkWhenQuiet } from "./marking.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { retagVolume } from "./retag.js";
import { creationTags, formattingTag, parseTags } from "./tags.js";
import { deviceFacts, hideRecorded, recordedDevice } from "./volumeDevice.js";

/** Attachments of logical volumes: a device on this host. */
export const attachments: AttachmentService = {
  async attach(identity, id, wish, use) {
    const { volumeGroup, lv: name } = partsOf(id);
    const purpose = `attaching volume ${id}`;
    const begin = (lock: Lock) => beginAttachment(identity, id, wish, lock);
    const attach = async (lock: Lock) => {
      const begun = await changeGroup(volumeGroup, purpose, begin);
      const { group, lv } = begun;
      const device = await activationOf(group).show(group, lv, undefined, wish.readOnly, lock);
      const attached = attachedVolume(group, lv, device, lock);
      try {
        const result = await use(attached);
        for (const tag of begun.tags) unmarkWhenQuiet(volumeGroup, name, tag);
        return result;
      } catch (error) {
        await undo(attached, begun, error);
        throw error;
      }
    };
    return awaitCreator(() => holdVolume(name, purpose, attach));
  },

  async reattach(id, location, { readOnly, mount }, use) {
    const parts = partsOf(id);
    const purpose = `changing the attachment of volume ${id}`;
    return holdVolume(parts.lv, purpose, async (lock) => {
      const { group, lv, tags } = await changeGroup(parts.volumeGroup, purpose, async (groupLock) => {
        const found = requireVolume(await readGroups({ lock: groupLock }), parts, location);
        refuseUnfinished(found.group, found.lv);
        activationOf(found.group).require(found.group);
        await finishClearing(found.group, found.lv, groupLock);
        // Earlier notes stay until their mount is dealt with: `use` is told of them.
        const noted = mount ?? parseTags(found.lv.tags).mount;
        return { ...found, tags: await noteBeginning(found.group, found.lv, [], noted, groupLock) };
      });
      const activation = activationOf(group);
      const device = await activation.show(group, lv, activation.deviceOf(group, lv), readOnly, lock);
      const result = await use(attachedVolume(group, lv, device, lock));
      for (const tag of tags) unmarkWhenQuiet(parts.volumeGroup, parts.lv, tag);
      return result;
    });
  },

  async find(id, location) {
    const found = locateVolume(await recentGroups(), partsOf(id), location);
    if (typeof found === "string") return "gone";
    const { group, lv } = found;
    const device = activationOf(group).deviceOf(group, lv);
    if (location) for (const tag of creationTags(lv.tags)) unmarkWhenQuiet(group.name, lv.name, tag);
    return device && deviceFacts(group, lv, device);
  },

  async detach(id, location, recorded, letGoOf) {
    const parts = partsOf(id);
    const purpose = `detaching volume ${id}`;
    await holdVolume(parts.lv, purpose, async (lock) => {
      const found = locateVolume(await readGroups({ lock }), parts, location);
      if (typeof found === "string") {
        await letGoOf(lock, recordedDevice(recorded), undefined);
        await hideRecorded(recorded, lock);
        return;
      }
      const { group, lv } = found;
      const activation = activationOf(group);
      const device = activation.deviceOf(group, lv);
      await letGoOf(lock, device?.path, parseTags(lv.tags).mount);
      if (device) await activation.hide(group, lv, device, lock);
      const remove = creationTags(lv.tags);
      if (remove.length > 0)
        await changeGroup(group.name, purpose, (groupLock) => retagVolume(group, lv, { remove }, groupLock));
    });
  },

  foresee: foreseeAttachment,

  isAttached: (recorded) => recordedDevice(recorded) !== undefined,
};

async function undo(attached: AttachedVolume, { group, lv, tags }: BegunAttachment, cause: unknown): Promise<void> {
  try {
    await activationOf(group).hide(
      group,
      lv,
      { path: attached.devicePath, sizeBytes: attached.sizeBytes, readOnly: false },
      attached.lock,
    );
    const purpose = `undoing the attachment of volume ${group.name}/${lv.name}`;
    await changeGroup(group.name, purpose, (lock) => retagVolume(group, lv, { remove: tags }, lock));
  } catch (undoError) {
    throw new StillAttachedError(cause, undoError, attached);
  }
}

function attachedVolume(group: Group, lv: LogicalVolume, device: ShownDevice, lock: Lock): AttachedVolume {
  const { formatting, mount: noted } = parseTags(lv.tags);
  return {
    ...deviceFacts(group, lv, device),
    lock,
    formatting,
    noted,
    async setFormatting(begins) {
      const change = begins ? { add: [formattingTag] } : { remove: [formattingTag] };
      const purpose = `formatting volume ${group.name}/${lv.name}`;
      await changeGroup(group.name, purpose, (groupLock) => retagVolume(group, lv, change, groupLock));
    },
  };
}
