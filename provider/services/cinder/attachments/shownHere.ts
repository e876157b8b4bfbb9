import { type Disk, findDisk } from "../../../host/iscsi/disk.js";
import type { Target } from "../../../host/iscsi/target.js";
import { isLasting } from "../../../host/iscsi/wwn.js";
import type { Identity } from "../../service.js";
import { findHereNote } from "./hereNote.js";

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

/** The disk that a killed create of an Attachment left here. Runs no command. */
export function diskLeftBy(identity: Identity): string | undefined {
  const note = findHereNote(identity);
  return note && findDisk(note.target)?.path;
}
