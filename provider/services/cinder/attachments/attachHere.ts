import { BlockboxError } from "../../../errors.js";
import { connectorOfThisHost } from "../../../host/connector.js";
import { clearEarlier, connect, reconnect } from "../../../host/iscsi/connect.js";
import type { Disk } from "../../../host/iscsi/disk.js";
import type { Target } from "../../../host/iscsi/target.js";
import type { Lock } from "../../../host/lock.js";
import type { Identity, NotedMount } from "../../service.js";
import { type CinderAttachment, getAttachment } from "../api/attachments.js";
import { type CinderVolume, getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import type { AttachmentParts } from "../ids.js";
import { isFormatting, setFormatting } from "./formatting.js";
import { otherAttachmentOf, readHereNote, writeHereNote } from "./hereNote.js";
import { holdVolumeHere } from "./letGoHere.js";
import { makeAttachment } from "./makeAttachment.js";
import { reachOf } from "./reach.js";
import type { ShownHere } from "./shownHere.js";

/** A volume that is attached to this host, as long as nobody else changes that. */
export interface VolumeHere {
  readonly attachment: CinderAttachment;
  readonly shows: ShownHere;
  readonly devicePath: string;
  readonly sizeBytes: number;
  readonly lock: Lock;
  readonly formatting: boolean;
  readonly noted?: NotedMount | undefined;
  setFormatting(formatting: boolean): Promise<void>;
}

export interface HereWish {
  readonly mode: "rw" | "ro";
  /** What `use` is going to mount anew, as this host is when it is asked for. */
  readonly mount: (() => NotedMount) | undefined;
}

/** Attaches a volume to this host and hands it to `use`; nothing is left of it, here or in Cinder, if anything fails. */
export function attachHere<T>(
  cinder: Cinder,
  identity: Identity,
  volumeId: string,
  { mode, mount }: HereWish,
  limitMs: number,
  use: (volume: VolumeHere) => Promise<T>,
): Promise<T> {
  return holdVolumeHere(volumeId, `attaching volume ${volumeId}`, async (held) => {
    const connector = await connectorOfThisHost();
    const volume = await getVolume(cinder.client, volumeId);
    let disk: Disk | undefined;
    let result: { of: T } | undefined;
    await makeAttachment(cinder, identity, { volumeId, mode, connector }, limitMs, {
      held,
      async connect(exported) {
        const { target, chap } = reachOf(exported);
        refuseShared(target, exported.id, volumeId);
        await clearEarlier(target);
        writeHereNote(exported.id, { identity: identity.digest, target, mount: mount?.() });
        disk = await connect(target, chap, expectedOf(volume, mode));
      },
      async use(made) {
        if (disk === undefined) throw new Error("used before it was connected");
        result = { of: await use(volumeHere(cinder, volume, made, disk, held, undefined)) };
      },
    });
    if (result === undefined) throw new Error("made without having been used");
    return result.of;
  });
}

/** As attachHere, for an attachment that state knows: connected again after a reboot, and as large as the volume is. */
export function reattachHere<T>(
  cinder: Cinder,
  identity: Identity,
  { volumeId, attachmentId }: AttachmentParts,
  recorded: ShownHere | undefined,
  { mode, mount }: HereWish,
  use: (volume: VolumeHere) => Promise<T>,
): Promise<T> {
  return holdVolumeHere(volumeId, `changing the attachment of volume ${volumeId}`, async (lock) => {
    const attachment = await getAttachment(cinder.client, attachmentId);
    const volume = await getVolume(cinder.client, volumeId);
    const { target, chap } = reachOf(attachment);
    refuseShared(target, attachmentId, volumeId);
    const earlier = readHereNote(attachmentId)?.mount;
    writeHereNote(attachmentId, { identity: identity.digest, target, mount: mount?.() ?? earlier });
    const disk = await reconnect(target, chap, { ...expectedOf(volume, mode), wwn: recorded?.wwn });
    return use(volumeHere(cinder, volume, attachment, disk, lock, earlier));
  });
}

function expectedOf({ size }: CinderVolume, mode: "rw" | "ro"): { sizeBytes: number; readOnly: boolean } {
  return { sizeBytes: size * 2 ** 30, readOnly: mode === "ro" };
}

function volumeHere(
  cinder: Cinder,
  volume: CinderVolume,
  attachment: CinderAttachment,
  { path, sizeBytes, wwn }: Disk,
  lock: Lock,
  noted: NotedMount | undefined,
): VolumeHere {
  return {
    attachment,
    shows: { target: reachOf(attachment).target, wwn },
    devicePath: path,
    sizeBytes,
    lock,
    formatting: isFormatting(volume),
    noted,
    setFormatting: (formatting) => setFormatting(cinder, volume.id, formatting),
  };
}

/** Two attachments on one host would have one disk between them, and the first to go would take it from the other. */
function refuseShared(target: Target, attachmentId: string, volumeId: string): void {
  const other = otherAttachmentOf(target, attachmentId);
  if (other === undefined) return;
  throw new BlockboxError(
    "IN_USE",
    `Volume ${volumeId} is attached to this host already, by attachment ${other}. A host attaches a volume once, also one of a multiattach type.`,
  );
}
