import { setTimeout as sleep } from "node:timers/promises";
import { BlockboxError } from "../../../errors.js";
import { notice } from "../../../host/notice.js";
import type { Mark } from "../../mark.js";
import { type CinderAttachment, getAttachment, listAttachments, postAttachment } from "../api/attachments.js";
import { type CinderVolume, getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";
import { againMs, isPassing } from "../volumes/passing.js";
import { markedAmong, mountpointOf } from "./note.js";
import type { AttachmentWish } from "./wish.js";

/** How long an attachment of somebody else may be under way before it is taken for one that nobody completes, in ms. */
const underWayMs = 60_000;

/** Somebody else's attachment that is not complete: meanwhile Cinder lets no other begin. */
interface UnderWay {
  readonly id: string;
  readonly status: string;
  readonly since: number;
}

/** Asks for an attachment; as long as Cinder refuses it for what will pass, it is asked for again. */
export async function reserve(
  cinder: Cinder,
  wish: AttachmentWish,
  mark: Mark,
  limitMs: number,
): Promise<CinderAttachment> {
  const deadline = performance.now() + limitMs;
  for (let other: UnderWay | undefined; ; ) {
    try {
      return await postAttachment(cinder.client, bodyOf(wish, mark));
    } catch (error) {
      if (!(error instanceof CinderError)) throw error;
      const made = error.mayHaveHappened ? await findMade(cinder, wish.volumeId, mark) : undefined;
      if (made) return made;
      if (error.status !== 400) throw error;
      const volume = await getVolume(cinder.client, wish.volumeId);
      if (!isPassing(volume.status)) throw heldOrRefused(volume, error);
      other = await underWay(cinder, wish.volumeId, other);
      const isLate = performance.now() > deadline;
      if (other && (isLate || performance.now() - other.since > underWayMs)) throw notCompleted(volume, other, error);
      if (isLate) throw error;
      await sleep(againMs);
    }
  }
}

async function underWay(
  { client }: Cinder,
  volumeId: string,
  before: UnderWay | undefined,
): Promise<UnderWay | undefined> {
  const all = await listAttachments(client, { volume_id: volumeId });
  const other = all.find(({ status }) => status !== "attached");
  if (other === undefined || other.id === before?.id) return other && before;
  notice(`waiting: volume ${volumeId} is being attached by somebody else (attachment ${other.id})`);
  return { id: other.id, status: other.status, since: performance.now() };
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

function notCompleted({ id, name }: CinderVolume, other: UnderWay, error: CinderError): BlockboxError {
  const seconds = Math.round((performance.now() - other.since) / 1000);
  return new BlockboxError(
    "IN_USE",
    `${error.said} Attachment ${other.id} of volume ${name ?? ""} (${id}) is ${other.status}, and was not completed within ${seconds} s. If whoever began it is gone, delete that attachment, then run again.`,
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
