import { type Disk, findDisk } from "../../../host/iscsi/disk.js";
import type { Target } from "../../../host/iscsi/target.js";
import { isLasting } from "../../../host/iscsi/wwn.js";
import type { Identity } from "../../service.js";
import type { CinderAttachment } from "../api/attachments.js";
import { connectionInfoOf } from "./connectionInfo.js";
import { findHereNote } from "./hereNote.js";
import { reachOf } from "./reach.js";

/** What a disk of this host shows, so that it is found again without asking anybody. No secret. */
export interface ShownHere {
  readonly target: Target;
  readonly wwn: string;
}

/** The disk that shows what state records, if this host has it. Runs no command. */
export function diskShowing({ target, wwn }: ShownHere): Disk | undefined {
  const disk = findDisk(target);
  return disk === undefined || (isLasting(wwn) && disk.wwn !== wwn) ? undefined : disk;
}

/** The disk of an attachment that Cinder knows, if this host has it; of any other transport than iSCSI it has none of ours. Runs no command. */
export function diskOfAttachment(attachment: CinderAttachment): { target: Target; disk: Disk } | undefined {
  if (connectionInfoOf(attachment)?.driverVolumeType !== "iscsi") return undefined;
  const { target } = reachOf(attachment);
  const disk = findDisk(target);
  return disk && { target, disk };
}

/** The disk that a killed create of an Attachment left here. Runs no command. */
export function diskLeftBy(identity: Identity): string | undefined {
  const note = findHereNote(identity);
  return note && findDisk(note.target)?.path;
}
