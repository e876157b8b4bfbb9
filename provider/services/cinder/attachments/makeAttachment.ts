import { BlockboxError } from "../../../errors.js";
import type { Lock } from "../../../host/lock.js";
import { awaitCreator, isLeftBehind } from "../../claims.js";
import { type Mark, newMark } from "../../mark.js";
import type { Identity } from "../../service.js";
import { type CinderAttachment, completeAttachment, getAttachment, listAttachments } from "../api/attachments.js";
import { getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";
import { unmarkWhenQuiet } from "../unmark.js";
import { noteAttaching, notesOn, releaseLeft, removeNoted, unnoteWhenQuiet } from "./note.js";
import { reserve } from "./reserve.js";
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
    const request = () => reserve(cinder, wish, mark, limitMs);
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

function otherMode({ volumeId, mode }: AttachmentWish, made: string): BlockboxError {
  return new BlockboxError(
    "SERVICE_REFUSED",
    `Cinder attached volume ${volumeId} as ${made}, not as ${mode}: it does so with every volume that is, or once was, marked read only (\`readonly\` in its metadata). Give mode: "${made}", or take a copy of the volume.`,
  );
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
