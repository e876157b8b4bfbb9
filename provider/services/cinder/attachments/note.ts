import type { Lock } from "../../../host/lock.js";
import { isDead, isNamed } from "../../claims.js";
import { formatMark, type Mark, parseMark } from "../../mark.js";
import { forgetQuiet, whenQuiet } from "../../quiet.js";
import type { Identity } from "../../service.js";
import { type CinderAttachment, listAttachments } from "../api/attachments.js";
import { mergeMetadata } from "../api/describe.js";
import { type CinderVolume, getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { CinderError, isNotFound } from "../client/error.js";
import { attachmentIdOf } from "../ids.js";
import { deleteAttachment } from "./deleteAttachment.js";
import { letGoHere } from "./letGoHere.js";

/*
 * Cinder's attachments have no metadata. What says whose one is stands in two places: for ever in its connector's
 * mountpoint, which can be searched for but is not shown, and can be missing (a row whose export failed stays
 * `reserved`, without a connector); and, from before the request until state is sure to know it, in a note on the volume.
 */

const prefix = "blockbox:attaching:";

function keyOf({ digest }: Pick<Identity, "digest">): string {
  return `${prefix}${digest.slice(0, 16)}`;
}

/** The mountpoint of an attachment that was made with this mark. */
export function mountpointOf(mark: Mark): string {
  return `blockbox:${formatMark(mark)}`;
}

/** Says on the volume that an attachment of this identity begins. */
export function noteAttaching({ client }: Cinder, identity: Identity, volumeId: string, mark: Mark): Promise<void> {
  // One that was to be taken off has the same key.
  forgetQuiet(taskOf(identity, volumeId));
  return mergeMetadata(client, "volumes", volumeId, { [keyOf(identity)]: formatMark(mark) });
}

/** Takes the note off in a quiet moment. */
export function unnoteWhenQuiet(cinder: Cinder, identity: Identity, volumeId: string): void {
  const take = () => cinder.inFlight.run(() => unnote(cinder, volumeId, keyOf(identity)));
  whenQuiet(taskOf(identity, volumeId), take);
}

function taskOf({ digest }: Identity, volumeId: string): string {
  return `note of ${digest} on ${volumeId}`;
}

async function unnote({ client }: Cinder, volumeId: string, key: string): Promise<void> {
  try {
    await client.delete(["volumes", volumeId, "metadata", key]);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Notes on a volume, whosoever they are. */
export function notesOn({ metadata }: Pick<CinderVolume, "metadata">): Mark[] {
  return Object.entries(metadata)
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, text]) => parseMark(text) ?? []);
}

/**
 * Removes what attachments of this stack left on a volume when their creators died. True: there was some. A complete one
 * may be known to state all the same, if its creator died between its reply and taking the note off: so it only goes
 * where the whole volume does (`complete`), and the engine has not named it in this process.
 */
export async function releaseLeft(
  cinder: Cinder,
  volume: CinderVolume,
  stack: string,
  which: "incomplete" | "complete",
  held?: Lock,
): Promise<boolean> {
  const dead = notesOn(volume).filter((note) => note.stack === stack && isDead(note));
  let isReleased = false;
  for (const note of dead) {
    isReleased = (await removeNoted(cinder, volume.id, note, { which, unmarked: true, held })) || isReleased;
    if (which === "incomplete") await unnote(cinder, volume.id, keyOf({ digest: note.identity }));
  }
  return isReleased;
}

interface Removal {
  readonly which: "incomplete" | "complete";
  /** Whether a row may be ours that has no connector, and so no mark: its export has failed, or is under way. */
  readonly unmarked: boolean;
  /** Ids of what was there before. */
  readonly except?: ReadonlySet<string>;
  /** The volume's lock of this host, if the caller holds it. */
  readonly held?: Lock | undefined;
}

/** Removes the attachment that a note speaks of, also one that never got its connector. True: there was one. */
export async function removeNoted(
  cinder: Cinder,
  volumeId: string,
  note: Mark,
  { which, unmarked, except, held }: Removal,
): Promise<boolean> {
  const all = await listAttachments(cinder.client, { volume_id: volumeId });
  const marked = await markedAmong(cinder, volumeId, note, all);
  const isOurs = ({ id, status, connection_info, instance }: CinderAttachment) =>
    marked.has(id) || (unmarked && status === "reserved" && isEmpty(connection_info) && !instance);
  const left = all.filter(
    (one) =>
      isOurs(one) &&
      !except?.has(one.id) &&
      (which === "complete" || one.status !== "attached") &&
      !isNamed("Attachment", attachmentIdOf(volumeId, one.id)),
  );
  for (const { id } of left) {
    // This host first: what it has of an attachment that Cinder has taken away may come to be another volume's.
    await letGoHere(volumeId, id, held);
    await deleteAttachment(cinder, id);
  }
  return left.length > 0;
}

/** Those that carry the mark. Only administrators may search for it; to others Cinder shows it once they are complete. */
export async function markedAmong(
  { client }: Cinder,
  volumeId: string,
  mark: Mark,
  all: readonly CinderAttachment[],
): Promise<Set<string>> {
  const mountpoint = mountpointOf(mark);
  try {
    return new Set((await listAttachments(client, { volume_id: volumeId, mountpoint })).map(({ id }) => id));
  } catch (error) {
    if (!(error instanceof CinderError) || (error.status !== 400 && error.status !== 403)) throw error;
  }
  const { attachments } = await getVolume(client, volumeId);
  const complete = attachments.filter(({ device }) => device === mountpoint).map((one) => one.attachment_id);
  // While one is being made, Cinder lets no other begin: so with the note of one, it is that.
  const begun = all.filter(({ status, instance }) => status === "attaching" && !instance).map(({ id }) => id);
  return new Set([...complete, ...begun]);
}

function isEmpty(info: object | null | undefined): boolean {
  return info === null || info === undefined || Object.keys(info).length === 0;
}
