import { hostname } from "node:os";
import { hasUnknown } from "../../declaration/unknown.js";
import type { Failure } from "../../declaration/validate.js";
import { BlockboxError } from "../../errors.js";
import { lackingForIscsi } from "../../host/iscsi/fitness.js";
import { machineId } from "../../host/machine.js";
import { notice } from "../../host/notice.js";
import { signatureOn } from "../../host/signature.js";
import type { CinderAttachment } from "../../services/cinder/api/attachments.js";
import {
  attachHere,
  type HereWish,
  reattachHere,
  type VolumeHere,
} from "../../services/cinder/attachments/attachHere.js";
import { detachHere } from "../../services/cinder/attachments/detachHere.js";
import {
  diskLeftBy,
  diskOfAttachment,
  diskShowing,
  type ShownHere,
} from "../../services/cinder/attachments/shownHere.js";
import type { Cinder } from "../../services/cinder/cinder.js";
import { type AttachmentParts, attachmentIdOf } from "../../services/cinder/ids.js";
import type { CinderLocation } from "../../services/cinder/location.js";
import type { Identity } from "../../services/service.js";
import { limitsOf } from "../limits.js";
import type { Repair } from "../resource.js";
import type { AttachmentOutputs, AttachmentInputs as Inputs } from "./declaration.js";
import { changeMount, formatProblems, isMounted, mountProblems, mountVolume, noteOf, unmountVolume } from "./mount.js";
import { seenUse } from "./seenUse.js";
import { gibOf, requireSize } from "./size.js";

/** What state records of an attachment to the host that made it. */
export interface Here extends ShownHere {
  readonly machineId: string;
  /** Directories that were made for its mount, outermost first. */
  readonly directories: string[];
}

export type HereRecord = Inputs & AttachmentOutputs & { __location: CinderLocation; __here?: Here };

/** Whether an attachment is one to this host, made by us or (imported) in its name; else it is to one that attaches by itself. */
export function isHere({ connector, hostName, __here: here }: HereRecord): boolean {
  return connector === undefined && (here !== undefined || hostName === hostname());
}

/** What this host has against attaching a volume of a Cinder, and mounting it. */
export async function problemsHere(identity: Identity, wanted: Inputs, before: Inputs | undefined): Promise<Failure[]> {
  const { mode, mount } = wanted;
  const ofFormat = formatProblems(mount, mode);
  if (ofFormat.length > 0) return ofFormat;
  const wasHere = before !== undefined && before.connector === undefined;
  // What is attached already stays so without a daemon.
  const lacking = wasHere ? [] : await lackingForIscsi();
  const problems = lacking.map((why) => ({
    property: "connector",
    reason: `is not given, so the volume is to be attached on this host, over iSCSI; but ${why}`,
  }));
  if (mount === undefined || hasUnknown(mount)) return problems;
  return [...problems, ...mountProblems(identity.digest, mount, before?.mount, diskLeftBy(identity))];
}

/** Whether an attachment's disk or mount is missing, as after a reboot. Runs no command. */
export function repairHere(olds: HereRecord): Repair {
  const { __here: here, mount } = olds;
  // Of another machine it is for that one to tell; one that was imported is looked at by its update.
  if (here !== undefined && here.machineId !== machineId()) return "none";
  const disk = here && diskShowing(here);
  if (disk === undefined || disk.path !== olds.devicePath) return "update";
  return mount === undefined || isMounted(disk.path, mount.path) ? "none" : "update";
}

export async function createHere(cinder: Cinder, identity: Identity, wanted: Inputs) {
  const { volume: volumeId, mount, mode } = wanted;
  const location = await cinder.client.location();
  const wish: HereWish = { mode, mount: mount && (() => noteOf(mount.path)) };
  return attachHere(cinder, identity, volumeId, wish, limitsOf(wanted, cinder).createMs, async (volume) => {
    requireSize(wanted, volume);
    if (mount === undefined) await tellOfGroup(volume.devicePath);
    const directories = mount ? await mountVolume(volume, mount, mode) : [];
    return {
      id: attachmentIdOf(volumeId, volume.attachment.id),
      outputs: record(wanted, volume, directories, location),
    };
  });
}

export async function updateHere(
  cinder: Cinder,
  identity: Identity,
  parts: AttachmentParts,
  olds: HereRecord,
  news: Inputs,
) {
  requireThisHost(parts, olds);
  const wanted = { ...news, size: news.size ?? olds.size };
  const { mount, mode } = wanted;
  const moved = mount && mount.path !== olds.mount?.path ? () => noteOf(mount.path) : undefined;
  const location = await cinder.client.location();
  return reattachHere(cinder, identity, parts, olds.__here, { mode, mount: moved }, async (volume) => {
    requireSize(wanted, volume);
    const directories = await changeMount(volume, olds.mount, mount, mode, olds.__here?.directories ?? []);
    return record(wanted, volume, directories, location);
  });
}

export async function deleteHere(cinder: Cinder, parts: AttachmentParts, recorded: HereRecord): Promise<void> {
  requireThisHost(parts, recorded);
  const { __here: here, mount } = recorded;
  return detachHere(cinder, parts, here, (lock, device, noted) =>
    unmountVolume(device, mount?.path, here?.directories ?? [], noted, lock),
  );
}

/** A host may activate a disk's group by itself: from then on the disk is in use. A file system's device is refused for it. */
async function tellOfGroup(devicePath: string): Promise<void> {
  const signature = await signatureOn(devicePath);
  if (signature?.type !== "LVM2_member") return;
  notice(
    `${devicePath} is a physical volume of LVM. Where this host activates its group, \`vgchange -an GROUP\` has to come before the detach; \`vgchange --setautoactivation n GROUP\` lets nothing activate it unasked.`,
  );
}

/** As state has it, with the name that the disk has now. */
export function seenHere(recorded: HereRecord): HereRecord {
  const disk = recorded.__here && diskShowing(recorded.__here);
  return disk === undefined ? recorded : { ...recorded, devicePath: disk.path };
}

/** What an import finds of an attachment in this host's name: its disk, and how that is used. Nothing where this host does not show it. */
export function foundHere(
  attachment: CinderAttachment,
  location: CinderLocation,
): { inputs: Inputs; outputs: HereRecord } | undefined {
  const found = diskOfAttachment(attachment);
  if (found === undefined) return undefined;
  const { path: devicePath, sizeBytes, wwn } = found.disk;
  const shown = { attachment, devicePath, sizeBytes, shows: { target: found.target, wwn } };
  const inputs = { volume: attachment.volume_id, size: gibOf(shown), ...seenUse(devicePath) };
  return { inputs, outputs: record(inputs, shown, [], location) };
}

/** Nothing of another host's is touched from here: its disk and mount would stay, over a volume that is somebody else's. */
function requireThisHost({ volumeId, attachmentId }: AttachmentParts, { __here: here, hostName }: HereRecord): void {
  if (here === undefined || here.machineId === machineId()) return;
  throw new BlockboxError(
    "NOT_HERE",
    `Volume ${volumeId} is attached to host ${hostName} (attachment ${attachmentId}), and this is another machine. Run on that host.`,
  );
}

function record(
  wanted: Inputs,
  volume: Pick<VolumeHere, "attachment" | "devicePath" | "sizeBytes" | "shows">,
  directories: string[],
  location: CinderLocation,
): HereRecord {
  const { attachment, devicePath, shows } = volume;
  return {
    ...wanted,
    size: wanted.size ?? gibOf(volume),
    attachmentId: attachment.id,
    devicePath,
    mountPath: wanted.mount?.path,
    hostName: hostname(),
    driverVolumeType: "iscsi",
    __location: location,
    __here: { ...shows, machineId: machineId(), directories },
  };
}
