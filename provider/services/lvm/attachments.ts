import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { attachLoop, detachLoop, growLoop, type LoopDevice, listLoopDevices, loopsOverRange } from "../../host/loop.js";
import { machineId } from "../../host/machine.js";
import { deviceUsers } from "../../host/users.js";
import { awaitCreator, isAbandoned, isLeftBehind, isNamed } from "../claims.js";
import type { AttachedDevice, AttachedVolume, AttachmentService, AttachWish, Identity, Location } from "../service.js";
import { StillAttachedError } from "../stillAttached.js";
import { changeGroup, holdVolume, recentGroups } from "./change.js";
import { finishClearing, refuseUnfinished } from "./changeVolume.js";
import { lvm } from "./command.js";
import { type ByteRange, rangeOfVolume } from "./extents.js";
import { partsOf } from "./ids.js";
import { locateVolume, requireVolume } from "./locate.js";
import { newMark, unmarkWhenQuiet } from "./marking.js";
import { letGo } from "./removeVolume.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { attachmentMarkTag, creationTags, directoryTags, formattingTag, parseTags } from "./tags.js";

/** Attachments of linear volumes without device-mapper: a loop device over the volume's extents. */
export const attachments: AttachmentService = {
  async attach(identity, id, wish, use) {
    const parts = partsOf(id);
    const purpose = `attaching volume ${id}`;
    return awaitCreator(() =>
      holdVolume(parts.lv, purpose, async (lock) => {
        const begun = await changeGroup(parts.volumeGroup, purpose, (groupLock) =>
          begin(identity, id, wish, groupLock),
        );
        const device = await show(begun.range, begun.left, wish.readOnly, lock);
        const attached = describe(begun.group, begun.lv, begun.range, device, lock);
        try {
          const result = await use(attached);
          for (const tag of begun.tags) unmarkWhenQuiet(parts.volumeGroup, parts.lv, tag);
          return result;
        } catch (error) {
          await undo(attached, begun, error);
          throw error;
        }
      }),
    );
  },

  async reattach(id, location, { readOnly }, use) {
    const parts = partsOf(id);
    return holdVolume(parts.lv, `changing the attachment of volume ${id}`, async (lock) => {
      const { group, lv } = await changeGroup(
        parts.volumeGroup,
        `changing the attachment of volume ${id}`,
        async (groupLock) => {
          const found = requireVolume(await readGroups({ lock: groupLock }), parts, location);
          refuseUnfinished(found.group, found.lv);
          await finishClearing(found.group, found.lv, groupLock);
          await retag(found.group, found.lv, [], creationTags(found.lv.tags), groupLock);
          return found;
        },
      );
      const range = rangeOfVolume(group, lv);
      const [known, ...others] = loopsOver(range);
      if (known && (others.length > 0 || known.offsetBytes !== range.offsetBytes)) throw inUse(id, [known, ...others]);
      const device = await show(range, known, readOnly, lock);
      return use(describe(group, lv, range, device, lock));
    });
  },

  async find(id, location) {
    const found = locateVolume(await recentGroups(), partsOf(id), location);
    if (typeof found === "string") return "gone";
    const { group, lv } = found;
    const range = rangeOfVolume(group, lv);
    const device = loopsOver(range).find(({ offsetBytes }) => offsetBytes === range.offsetBytes);
    if (location) for (const tag of creationTags(lv.tags)) unmarkWhenQuiet(group.name, lv.name, tag);
    return device && facts(group, lv, range, device);
  },

  async detach(id, location, recorded, letGoOf) {
    const parts = partsOf(id);
    await holdVolume(parts.lv, `detaching volume ${id}`, async (lock) => {
      const found = locateVolume(await readGroups({ lock }), parts, location);
      const device = typeof found === "string" ? recordedDevice(recorded) : deviceOf(id, found.group, found.lv);
      await letGoOf(lock, device?.path);
      if (device) {
        const users = deviceUsers(device.path);
        if (users.length > 0)
          throw new BlockboxError(
            "IN_USE",
            `${device.path}, which shows volume ${id}, is ${users.join(", ")}. Let go of it, then run again.`,
          );
        await detachLoop(device.path, lock);
      }
      if (typeof found === "string" || creationTags(found.lv.tags).length === 0) return;
      await changeGroup(parts.volumeGroup, `detaching volume ${id}`, (groupLock) =>
        retag(found.group, found.lv, [], creationTags(found.lv.tags), groupLock),
      );
    });
  },

  isAttached: (recorded) => recordedDevice(recorded) !== undefined,
};

interface Begun {
  readonly group: Group;
  readonly lv: LogicalVolume;
  readonly range: ByteRange;
  /** The tags that say that this attachment has begun. */
  readonly tags: readonly string[];
  /** The device that a killed create of the same identity made. */
  readonly left: LoopDevice | undefined;
}

/** Marks the attachment's beginning on the volume, in whose place a volume's own mark goes: it is used through us from now on. */
async function begin(identity: Identity, id: string, { firstDirectory }: AttachWish, lock: Lock): Promise<Begun> {
  const { group, lv } = requireVolume(await readGroups({ lock }), partsOf(id));
  refuseUnfinished(group, lv);
  await finishClearing(group, lv, lock);
  const range = rangeOfVolume(group, lv);
  const left = await leftDevice(identity, id, lv, range, lock);
  // A killed create has made the directory already, so it is not missing now.
  const tags = [
    attachmentMarkTag(newMark(identity)),
    ...directoryTags(firstDirectory ?? parseTags(lv.tags).madeDirectory),
  ];
  const old = creationTags(lv.tags);
  const add = tags.filter((tag) => !old.includes(tag));
  const remove = old.filter((tag) => !tags.includes(tag));
  await retag(group, lv, add, remove, lock);
  return { group, lv, range, tags, left };
}

/** A volume has one attachment. A device over it is ours to go on with only if a killed create of ours left it. */
async function leftDevice(
  identity: Identity,
  id: string,
  lv: LogicalVolume,
  range: ByteRange,
  lock: Lock,
): Promise<LoopDevice | undefined> {
  const [device, ...others] = loopsOver(range);
  if (device === undefined) return undefined;
  const { attachmentMark } = parseTags(lv.tags);
  if (attachmentMark === undefined || isNamed("Attachment", id)) throw inUse(id, [device, ...others]);
  const isOwn = isLeftBehind(attachmentMark, identity);
  if (isOwn && others.length === 0 && device.offsetBytes === range.offsetBytes) return device;
  if (!isOwn && !(attachmentMark.stack === identity.stack && isAbandoned(attachmentMark))) {
    throw inUse(id, [device, ...others]);
  }
  await letGo(lv, range, lock);
  return undefined;
}

/** The device over the whole range: a new one, or the known one, grown if the volume has. */
async function show(
  range: ByteRange,
  known: LoopDevice | undefined,
  readOnly: boolean,
  lock: Lock,
): Promise<LoopDevice> {
  if (known === undefined || known.readOnly !== readOnly) {
    if (known) await detachLoop(known.path, lock);
    const { device, offsetBytes, lengthBytes } = range;
    return attachLoop({ backing: device, range: { offsetBytes, sizeBytes: lengthBytes }, readOnly, lock });
  }
  if (known.sizeBytes < range.lengthBytes) await growLoop(known.path, range.lengthBytes, lock);
  return { ...known, sizeBytes: range.lengthBytes };
}

async function undo(attached: AttachedVolume, { group, lv, tags }: Begun, cause: unknown): Promise<void> {
  try {
    await detachLoop(attached.devicePath, attached.lock);
    const purpose = `undoing the attachment of volume ${group.name}/${lv.name}`;
    await changeGroup(group.name, purpose, (lock) => retag(group, lv, [], tags, lock));
  } catch (undoError) {
    throw new StillAttachedError(cause, undoError, attached);
  }
}

function describe(group: Group, lv: LogicalVolume, range: ByteRange, device: LoopDevice, lock: Lock): AttachedVolume {
  const name = `${group.name}/${lv.name}`;
  return {
    ...facts(group, lv, range, device),
    lock,
    formatting: parseTags(lv.tags).formatting,
    madeDirectory: parseTags(lv.tags).madeDirectory,
    async setFormatting(formatting) {
      const option = formatting ? "--addtag" : "--deltag";
      await changeGroup(group.name, `formatting volume ${name}`, (groupLock) =>
        lvm(["lvchange", option, formattingTag, name], { lock: groupLock }),
      );
    },
  };
}

function facts(group: Group, lv: LogicalVolume, range: ByteRange, device: LoopDevice): AttachedDevice {
  const location: Location = { machineId: machineId(), vgUuid: group.uuid, lvUuid: lv.uuid };
  const shows = { backing: range.device, offsetBytes: range.offsetBytes, sizeBytes: device.sizeBytes };
  return { devicePath: device.path, sizeBytes: device.sizeBytes, driverVolumeType: "local", location, shows };
}

function deviceOf(id: string, group: Group, lv: LogicalVolume): LoopDevice | undefined {
  const range = rangeOfVolume(group, lv);
  const [device, ...others] = loopsOver(range);
  if (others.length > 0) throw inUse(id, [...(device ? [device] : []), ...others]);
  return device;
}

function recordedDevice({ devicePath, shows }: Pick<AttachedDevice, "devicePath" | "shows">): LoopDevice | undefined {
  return listLoopDevices().find(
    ({ path, backing, offsetBytes, sizeBytes }) =>
      path === devicePath &&
      backing === shows.backing &&
      offsetBytes === shows.offsetBytes &&
      sizeBytes === shows.sizeBytes,
  );
}

function loopsOver({ device, offsetBytes, lengthBytes }: ByteRange): LoopDevice[] {
  return loopsOverRange(device, offsetBytes, lengthBytes);
}

async function retag(
  group: Group,
  lv: LogicalVolume,
  add: readonly string[],
  remove: readonly string[],
  lock: Lock,
): Promise<void> {
  const options = [...add.flatMap((tag) => ["--addtag", tag]), ...remove.flatMap((tag) => ["--deltag", tag])];
  if (options.length > 0) await lvm(["lvchange", ...options, `${group.name}/${lv.name}`], { lock });
}

function inUse(id: string, devices: readonly LoopDevice[]): BlockboxError {
  const uses = devices.flatMap(({ path }) => [`attached as ${path}`, ...deviceUsers(path)]);
  return new BlockboxError(
    "IN_USE",
    `Volume ${id} is ${uses.join(", ")} already, and an LVM volume has one attachment. Delete that one, or let go of it (umount, then \`losetup -d ${devices[0]?.path}\`).`,
  );
}
