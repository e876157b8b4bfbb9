import { hostname } from "node:os";
import { hasUnknown, isUnknown } from "../../declaration/unknown.js";
import type { Failure } from "../../declaration/validate.js";
import { BlockboxError, PartlyMadeError } from "../../errors.js";
import { mountsAt } from "../../host/mounts.js";
import { lvm } from "../../services/lvm/index.js";
import type { AttachedDevice, ForeseenAttachment, Location } from "../../services/service.js";
import { StillAttachedError } from "../../services/stillAttached.js";
import { type Life, refusal, replaces } from "../resource.js";
import { plannedReadOnly } from "../volume/plannedReadOnly.js";
import type { AttachmentOutputs, AttachmentInputs as Inputs } from "./declaration.js";
import {
  changeMount,
  contentProblems,
  formatProblems,
  isMounted,
  mountProblems,
  mountVolume,
  noteOf,
  refuseMountChanges,
  unmountVolume,
} from "./mount.js";
import { seenUse } from "./seenUse.js";
import { gibOf, requireSize } from "./size.js";

type Record = Inputs &
  AttachmentOutputs & {
    devicePath: string;
    __location: Location;
    __shows: AttachedDevice["shows"];
    __directories: string[];
  };

/** An Attachment of a logical volume: a device on this host, mounted if asked. */
export const attachmentWithLvm: Life<Inputs, Record> = {
  deleteBeforeReplace: true,

  async problems(identity, wanted, _asker, before) {
    const { volume: id, mode, mount } = wanted;
    const ofFormat = formatProblems(mount, mode);
    if (ofFormat.length > 0) return ofFormat;
    const isKnown = mount !== undefined && !hasUnknown(mount);
    const isNew = before === undefined;
    const moves = isKnown && before?.mount?.path !== mount.path && mountsAt(mount.path).length > 0;
    const looks = !isUnknown(id) && (isNew || moves);
    const {
      problems: ofVolume,
      readOnly,
      device,
      content,
    }: ForeseenAttachment = looks ? await lvm.attachments.foresee(identity, id, !isNew) : { problems: [] };
    const willBeReadOnly = plannedReadOnly(id) ?? readOnly;
    const problems = looks && willBeReadOnly && mode === "rw" ? [...ofVolume, isReadOnly] : ofVolume;
    if (!isKnown) return problems;
    const ofContent = content ? contentProblems(mount, content) : [];
    return [...problems, ...mountProblems(identity.digest, mount, before?.mount, device), ...ofContent];
  },

  async refuse(_identity, _id, olds, news, differences) {
    const shrink = differences.find(({ change }) => change === "shrink");
    if (shrink && !replaces(differences))
      throw refusal("size", `cannot shrink from ${shrink.from} to ${shrink.to} GiB`);
    if (replaces(differences) || hasUnknown(news.mount)) return;
    refuseMountChanges(olds, news, differences);
  },

  repair: (recorded) =>
    !isAttached(recorded) || (recorded.mount !== undefined && !isMounted(recorded.devicePath, recorded.mount.path))
      ? "update"
      : "none",

  async create(identity, wanted) {
    const { volume: id, mount, mode } = wanted;
    try {
      const wish = { ...accessOf(wanted), mount: mount && noteOf(mount.path) };
      return await lvm.attachments.attach(identity, id, wish, async (device) => {
        requireSize(wanted, device);
        const directories = mount ? await mountVolume(device, mount, mode) : [];
        return { id, outputs: record(wanted, device, directories) };
      });
    } catch (error) {
      if (!(error instanceof StillAttachedError)) throw error;
      throw new PartlyMadeError(error, { resourceId: id, outputs: record(wanted, error.device, []) });
    }
  },

  async read(_identity, id, recorded) {
    const found = await lvm.attachments.find(id, recorded?.__location);
    if (found === "gone") {
      // With the volume removed behind our back, a device that still shows its extents is left for a delete to detach.
      return recorded && isAttached(recorded) ? { outputs: recorded } : undefined;
    }
    if (recorded) {
      // One that is not attached just now, as after a reboot, is not gone: the next diff asks for the repair.
      return { outputs: found ? { ...recorded, devicePath: found.devicePath, __shows: found.shows } : recorded };
    }
    if (found === undefined) {
      throw new BlockboxError(
        "NOT_HERE",
        `Volume ${id} is not attached on this host. Give the id of one that is, or make an Attachment.`,
      );
    }
    const seen: Inputs = { volume: id, size: gibOf(found), ...seenUse(found.devicePath) };
    return { inputs: seen, outputs: record(seen, found, []) };
  },

  async update(_identity, id, olds, news) {
    const wanted = { ...news, size: news.size ?? olds.size };
    const { mount } = wanted;
    const moved = mount && mount.path !== olds.mount?.path ? noteOf(mount.path) : undefined;
    return lvm.attachments.reattach(id, olds.__location, { ...accessOf(wanted), mount: moved }, async (device) => {
      requireSize(wanted, device);
      const directories = await changeMount(device, olds.mount, wanted.mount, wanted.mode, olds.__directories);
      return record(wanted, device, directories);
    });
  },

  delete: (_identity, id, recorded) => {
    const { devicePath, __shows: shows } = recorded;
    return lvm.attachments.detach(id, recorded.__location, { devicePath, shows }, (lock, device, noted) =>
      unmountVolume(device, recorded.mount?.path, recorded.__directories, noted, lock),
    );
  },
};

const isReadOnly: Failure = { property: "mode", reason: 'must be "ro": the volume is read only' };

function isAttached({ devicePath, __shows: shows }: Record): boolean {
  return lvm.attachments.isAttached({ devicePath, shows });
}

function accessOf({ mode }: Inputs): { readOnly: boolean } {
  return { readOnly: mode === "ro" };
}

function record(wanted: Inputs, device: AttachedDevice, directories: string[]): Record {
  const { devicePath, driverVolumeType, location, shows } = device;
  return {
    ...wanted,
    size: wanted.size ?? gibOf(device),
    attachmentId: wanted.volume,
    devicePath,
    mountPath: wanted.mount?.path,
    hostName: hostname(),
    driverVolumeType,
    __location: location,
    __shows: shows,
    __directories: directories,
  };
}
