import { isDead, isNamed } from "../../claims.js";
import { formatMark, type Mark, parseMark } from "../../mark.js";
import { whenQuiet } from "../../quiet.js";
import type { Identity } from "../../service.js";
import { listAttachments } from "../api/attachments.js";
import { mergeMetadata } from "../api/describe.js";
import type { CinderVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { isNotFound } from "../client/error.js";
import { attachmentIdOf } from "../ids.js";
import { deleteAttachment } from "./deleteAttachment.js";

/*
 * Cinder's attachments have no metadata. What says whose one is stands in two places: for ever in its connector's
 * mountpoint, which can be searched for but is not shown, and can be missing (a row whose export failed stays
 * `reserved`, without a connector); and, from before the request until state is sure to know it, in a note on the volume.
 */

const prefix = "blockbox:attaching:";

function keyOf({ digest }: Identity): string {
  return `${prefix}${digest.slice(0, 16)}`;
}

/** The mountpoint of an attachment that was made with this mark. */
export function mountpointOf(mark: Mark): string {
  return `blockbox:${formatMark(mark)}`;
}

/** Says on the volume that an attachment of this identity begins. */
export function noteAttaching({ client }: Cinder, identity: Identity, volumeId: string, mark: Mark): Promise<void> {
  return mergeMetadata(client, "volumes", volumeId, { [keyOf(identity)]: formatMark(mark) });
}

/** Takes the note off in a quiet moment. */
export function unnoteWhenQuiet(cinder: Cinder, identity: Identity, volumeId: string): void {
  whenQuiet(`note of ${identity.digest} on ${volumeId}`, () => unnote(cinder, volumeId, keyOf(identity)));
}

async function unnote({ client, inFlight }: Cinder, volumeId: string, key: string): Promise<void> {
  try {
    await inFlight.run(() => client.delete(["volumes", volumeId, "metadata", key]));
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
): Promise<boolean> {
  const dead = notesOn(volume).filter((note) => note.stack === stack && isDead(note));
  let isReleased = false;
  for (const note of dead) isReleased = (await removeNoted(cinder, volume.id, note, which)) || isReleased;
  return isReleased;
}

/** Removes the attachment that a note speaks of, also one that never got its connector. True: there was one. */
export async function removeNoted(
  cinder: Cinder,
  volumeId: string,
  note: Mark,
  which: "incomplete" | "complete" = "complete",
): Promise<boolean> {
  const { client } = cinder;
  const marked = await listAttachments(client, { volume_id: volumeId, mountpoint: mountpointOf(note) });
  const all = await listAttachments(client, { volume_id: volumeId });
  // While one is reserved, Cinder lets no other begin: so with the note this one is ours.
  const reserved = all.filter(({ status, connection_info }) => status === "reserved" && isEmpty(connection_info));
  const left = [...marked, ...reserved].filter(
    ({ id, status }) =>
      (which === "complete" || status !== "attached") && !isNamed("Attachment", attachmentIdOf(volumeId, id)),
  );
  for (const { id } of left) await deleteAttachment(cinder, id);
  return left.length > 0;
}

function isEmpty(info: object | null | undefined): boolean {
  return info === null || info === undefined || Object.keys(info).length === 0;
}
