import { setTimeout as sleep } from "node:timers/promises";
import { BlockboxError } from "../../../errors.js";
import type { Lock } from "../../../host/lock.js";
import { awaitCreator, isLeftBehind } from "../../claims.js";
import { type Mark, newMark } from "../../mark.js";
import type { Identity } from "../../service.js";
import {
  type CinderAttachment,
  completeAttachment,
  getAttachment,
  listAttachments,
  postAttachment,
} from "../api/attachments.js";
import { type CinderVolume, getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";
import { unmarkWhenQuiet } from "../unmark.js";
import { againMs, isPassing } from "../volumes/passing.js";
import {
  markedAmong,
  mountpointOf,
  noteAttaching,
  notesOn,
  releaseLeft,
  removeNoted,
  unnoteWhenQuiet,
} from "./note.js";
import { inTurn } from "./turns.js";
import type { AttachmentWish } from "./wish.js";

/** What a host does of an attachment that it makes for itself. What fails, it has undone, or is undone by its note. */
export interface Hands {
  /** The volume's lock on this host. */
  readonly held: Lock;
  /** The volume is exported; once the host has connected, the attachment is completed. */
  connect(exported: CinderAttachment): Promise<void>;
  use(made: CinderAttachment): Promise<void>;
}

/**
 * Exports a volume to a host, for good: the attachment is complete when this returns, or there is none. `hands`: it is
 * this host, which takes part; else it is one that attaches by itself.
 */
export function makeAttachment(
  cinder: Cinder,
  identity: Identity,
  wish: AttachmentWish,
  limitMs: number,
  hands?: Hands,
): Promise<CinderAttachment> {
  const work = () => attach(cinder, identity, wish, limitMs, hands);
  // What this host does in between takes its time, and no place among the requests.
  const make = hands === undefined ? () => cinder.inFlight.run(work) : work;
  return awaitCreator(() => inTurn(wish.volumeId, make));
}

async function attach(
  cinder: Cinder,
  identity: Identity,
  wish: AttachmentWish,
  limitMs: number,
  hands: Hands | undefined,
): Promise<CinderAttachment> {
  const { client } = cinder;
  await clearLeft(cinder, identity, wish.volumeId, hands?.held);
  const mark = newMark(identity, limitMs);
  const earlier = new Set((await listAttachments(client, { volume_id: wish.volumeId })).map(({ id }) => id));
  await noteAttaching(cinder, identity, wish.volumeId, mark);
  try {
    const request = () => reserve(cinder, wish, mark, performance.now() + limitMs);
    const exported = await (hands === undefined ? request() : cinder.inFlight.run(request));
    await hands?.connect(exported);
    await complete(cinder, exported.id);
    const made = await getAttachment(client, exported.id);
    if (made.attach_mode && made.attach_mode !== wish.mode) throw otherMode(wish, made.attach_mode);
    await hands?.use(made);
    unnoteWhenQuiet(cinder, identity, wish.volumeId);
    return made;
  } catch (error) {
    await undo(cinder, wish.volumeId, { mark, earlier, held: hands?.held }, error);
    // By its note the next create or delete finds what may still come of a request.
    if (!mayStillCome(error)) unnoteWhenQuiet(cinder, identity, wish.volumeId);
    throw error instanceof CinderError && error.mayHaveHappened ? takenBack(error) : error;
  } finally {
    cinder.volumes.wrote();
  }
}

function mayStillCome(error: unknown): boolean {
  return error instanceof CinderError && error.mayHaveHappened && (error.isLate || error.status === undefined);
}

function takenBack(cause: CinderError): BlockboxError {
  return new BlockboxError(cause.code, `${cause.message} What it had begun has been taken back.`, { cause });
}

/** What killed creates of this identity left on the volume goes. Throws CREATOR_ALIVE while one may still be at work. */
async function clearLeft(cinder: Cinder, identity: Identity, volumeId: string, held: Lock | undefined): Promise<void> {
  const volume = await getVolume(cinder.client, volumeId);
  for (const note of notesOn(volume)) {
    if (isLeftBehind(note, identity))
      await removeNoted(cinder, volumeId, note, { which: "complete", unmarked: true, held });
  }
  await releaseLeft(cinder, volume, identity.stack, "incomplete", held);
  // That it is attached shows that state knows it.
  unmarkWhenQuiet(cinder, "volumes", volume);
}

/** Asks for the attachment; while another one of the volume is being made, Cinder refuses, and it is asked for again. */
async function reserve(cinder: Cinder, wish: AttachmentWish, mark: Mark, deadline: number): Promise<CinderAttachment> {
  for (;;) {
    try {
      return await postAttachment(cinder.client, bodyOf(wish, mark));
    } catch (error) {
      if (!(error instanceof CinderError)) throw error;
      const made = error.mayHaveHappened ? await findMade(cinder, wish.volumeId, mark) : undefined;
      if (made) return made;
      if (error.status !== 400) throw error;
      const volume = await getVolume(cinder.client, wish.volumeId);
      if (!isPassing(volume.status)) throw heldOrRefused(volume, error);
      if (performance.now() > deadline) throw error;
      await sleep(againMs);
    }
  }
}

/** The attachment that a lost reply spoke of. */
async function findMade(cinder: Cinder, volumeId: string, mark: Mark): Promise<CinderAttachment | undefined> {
  cinder.inFlight.tooMany();
  for (const ms of [500, 1_000, 2_000]) {
    await sleep(ms);
    const all = await listAttachments(cinder.client, { volume_id: volumeId });
    const [found] = await markedAmong(cinder, volumeId, mark, all);
    if (found !== undefined) return getAttachment(cinder.client, found);
  }
  return undefined;
}

function otherMode({ volumeId, mode }: AttachmentWish, made: string): BlockboxError {
  return new BlockboxError(
    "SERVICE_REFUSED",
    `Cinder attached volume ${volumeId} as ${made}, not as ${mode}: it does so with every volume that is, or once was, marked read only (\`readonly\` in its metadata). Give mode: "${made}", or take a copy of the volume.`,
  );
}

function heldOrRefused({ id, name, attachments, multiattach }: CinderVolume, error: CinderError): BlockboxError {
  const [held] = attachments;
  if (held === undefined || multiattach) return error;
  const host = held.host_name ? ` of host ${held.host_name}` : "";
  return new BlockboxError(
    "IN_USE",
    `Volume ${name ?? ""} (${id}) has attachment ${held.attachment_id}${host} already, and is not of a multiattach type. Delete that one first, or use a type with the extra spec multiattach="<is> True".`,
    { cause: error },
  );
}

/** No instance_uuid: such an attachment could not be deleted without Nova. */
function bodyOf({ volumeId, mode, connector }: AttachmentWish, mark: Mark): object {
  const { hostName: host, initiator, ip, multipath } = connector;
  return {
    volume_uuid: volumeId,
    mode,
    connector: {
      host,
      initiator,
      ...(ip === undefined ? {} : { ip }),
      multipath,
      os_type: "linux",
      do_local_attach: false,
      mountpoint: mountpointOf(mark),
    },
  };
}

/** Saying it twice does no harm. */
async function complete({ client }: Cinder, id: string): Promise<void> {
  try {
    await completeAttachment(client, id);
  } catch (error) {
    if (!(error instanceof CinderError) || !error.mayHaveHappened) throw error;
    await completeAttachment(client, id);
  }
}

/** Takes away what a failed create made. What cannot be taken away now is found by its note, and goes then. */
async function undo(
  cinder: Cinder,
  volumeId: string,
  { mark, earlier, held }: { mark: Mark; earlier: ReadonlySet<string>; held: Lock | undefined },
  cause: unknown,
): Promise<void> {
  // A request that was refused has reserved nothing: what is reserved now is somebody else's.
  const unmarked = cause instanceof CinderError && cause.mayHaveHappened;
  try {
    await removeNoted(cinder, volumeId, mark, { which: "complete", unmarked, except: earlier, held });
  } catch (error) {
    if (!BlockboxError.is(error)) throw error;
    const code = BlockboxError.is(cause) ? cause.code : "SERVICE_FAILED";
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new BlockboxError(
      code,
      `${message} What it had begun could not be taken back (${error.message}): run again, or destroy, to have it removed.`,
      { cause },
    );
  }
}
