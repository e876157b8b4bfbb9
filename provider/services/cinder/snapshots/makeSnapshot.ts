import { BlockboxError } from "../../../errors.js";
import { awaitCreator } from "../../claims.js";
import { formatMark, newMark } from "../../mark.js";
import type { Identity } from "../../service.js";
import { type CinderSnapshot, listSnapshots, postSnapshot } from "../api/snapshots.js";
import { getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { makeOnce } from "../makeOnce.js";
import { markEntry, markKey } from "../marks.js";
import { operationFailed, operationLate } from "../outcome.js";
import { NothingLeftError, somethingLeft, UnfinishedError } from "../unfinished.js";
import { unmarkWhenQuiet } from "../unmark.js";
import { onceAtRest } from "../volumes/passing.js";
import { poolOf } from "./poolOf.js";
import { removeSnapshot } from "./removeSnapshot.js";
import type { SnapshotWish } from "./wish.js";

/** How long the remains of a create that failed may take to go, in ms. */
const cleanUpMs = 60_000;

/** Takes a snapshot, or takes over the one that a killed create of the same identity left behind (rule 1). */
export function makeSnapshot(
  cinder: Cinder,
  identity: Identity,
  wish: SnapshotWish,
  limitMs: number,
): Promise<CinderSnapshot> {
  return awaitCreator(async () => {
    const left = await cinder.leftSnapshots.of(identity);
    return cinder.inFlight.run(async () => {
      // One of then is not one of now: what was left is not what the program asks for, and goes.
      for (const { id } of left) await removeSnapshot(cinder, id, cleanUpMs);
      const id = await make(cinder, identity, wish, limitMs);
      const made = await awaitMade(cinder, id, wish, limitMs);
      unmarkWhenQuiet(cinder, "snapshots", made);
      return made;
    });
  });
}

async function make(cinder: Cinder, identity: Identity, wish: SnapshotWish, limitMs: number): Promise<string> {
  const { client } = cinder;
  const mark = newMark(identity, limitMs);
  const { volumeId: volume_id, name, description } = wish;
  const send = () =>
    postSnapshot(client, { volume_id, name, description, metadata: { ...wish.metadata, ...markEntry(mark) } });
  const look = async () => {
    const query = { metadata: JSON.stringify({ [markKey]: formatMark(mark) }), sort: "created_at:asc" };
    return (await listSnapshots(client, query)).map(({ id }) => id);
  };
  const id = await onceAtRest(cinder, volume_id, limitMs, async () => {
    await refuseAttached(cinder, wish);
    return makeOnce(cinder, send, look);
  });
  cinder.snapshots.wrote();
  return id;
}

/** Cinder itself takes snapshots of attached volumes without asking since 3.66. */
async function refuseAttached({ client }: Cinder, { force, volumeId }: SnapshotWish): Promise<void> {
  if (force) return;
  const { status } = await getVolume(client, volumeId);
  if (status !== "in-use") return;
  throw new BlockboxError(
    "IN_USE",
    `Volume ${volumeId} is attached, and \`force: false\` takes no snapshot of it then.`,
  );
}

async function awaitMade(
  cinder: Cinder,
  id: string,
  { name, volumeId }: SnapshotWish,
  limitMs: number,
): Promise<CinderSnapshot> {
  const beganAt = Date.now();
  const what = `Snapshot ${name} (${id}) could not be taken`;
  let status = "unknown";
  const made = await cinder.snapshotWaits
    .until(id, limitMs, (seen) => {
      if (seen === "gone") return "gone";
      status = seen.status;
      return seen.status === "available" || seen.status.startsWith("error") ? seen : undefined;
    })
    .catch((error) => {
      throw BlockboxError.is(error) ? new UnfinishedError(error, id) : error;
    });
  if (made === "late") {
    const failed = { id, status, host: await poolOf(cinder, volumeId) };
    throw new UnfinishedError(await operationLate(cinder.client, what, limitMs, failed), id);
  }
  if (made === "gone") throw new BlockboxError("SERVICE_FAILED", `${what}: it was deleted meanwhile. Run again.`);
  if (made.status === "available") return made;
  const cause = await operationFailed(cinder.client, what, { id, status }, { since: beganAt });
  try {
    await removeSnapshot(cinder, id, cleanUpMs);
  } catch (error) {
    throw BlockboxError.is(error) ? somethingLeft(cause, error, id) : error;
  }
  throw new NothingLeftError(cause);
}
