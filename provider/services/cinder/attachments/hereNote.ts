import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { namesIn } from "../../../host/blockDevice.js";
import { isSameTarget, type Target } from "../../../host/iscsi/target.js";
import { runFolder } from "../../../host/runFolder.js";
import type { Identity, NotedMount } from "../../service.js";

/**
 * What this host does for an attachment, noted before it is done: so that whoever finds a killed create's attachment
 * finds its session and mount too. Like these it lasts until the next boot.
 */
export interface HereNote {
  /** Digest of the Attachment's identity. */
  readonly identity: string;
  readonly target: Target;
  readonly mount?: NotedMount | undefined;
}

const [prefix, suffix] = ["attachment-", ".json"];

function pathOf(attachmentId: string): string {
  return `${runFolder()}/${prefix}${attachmentId}${suffix}`;
}

export function writeHereNote(attachmentId: string, note: HereNote): void {
  const path = pathOf(attachmentId);
  const temporary = `${path}.new`;
  writeFileSync(temporary, JSON.stringify(note), { mode: 0o600 });
  renameSync(temporary, path);
}

export function readHereNote(attachmentId: string): HereNote | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(attachmentId), "utf8")) as HereNote;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function removeHereNote(attachmentId: string): void {
  rmSync(pathOf(attachmentId), { force: true });
}

/** What an Attachment has begun here, whatever became of it. */
export function findHereNote({ digest }: Pick<Identity, "digest">): HereNote | undefined {
  return notedIds()
    .map(readHereNote)
    .find((note) => note?.identity === digest);
}

/** The attachment of this host that shows the same LUN, if there is one beside `except`. */
export function otherAttachmentOf(target: Target, except: string): string | undefined {
  return notedIds().find((id) => {
    const other = id === except ? undefined : readHereNote(id)?.target;
    return other !== undefined && isSameTarget(other, target);
  });
}

function notedIds(): string[] {
  return namesIn(runFolder())
    .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
    .map((name) => name.slice(prefix.length, -suffix.length));
}
