import { setTimeout as sleep } from "node:timers/promises";
import { type CinderSnapshot, getSnapshot } from "../api/snapshots.js";
import type { Cinder } from "../cinder.js";
import { CinderError, isNotFound } from "../client/error.js";
import { operationFailed, operationLate } from "../outcome.js";
import type { Seen } from "../poller.js";

/** Statuses in which nothing can be deleted, and that end by themselves. */
const passing = /^(creating|updating|backing-up|restoring|unmanaging)$/;

/** Deletes a snapshot and waits until it is gone. One that is gone already is no error. Takes no place of its own in flight. */
export async function removeSnapshot(cinder: Cinder, id: string, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isBegun(cinder, id, deadline)));
  await awaitGone(cinder, id, limitMs);
}

/** Asks for the delete. False: it has to be asked for again, since something else was under way. */
async function isBegun(cinder: Cinder, id: string, deadline: number): Promise<boolean> {
  try {
    await cinder.client.delete(["snapshots", id]);
    return true;
  } catch (error) {
    if (isNotFound(error)) return true;
    const leftMs = deadline - performance.now();
    if (!(error instanceof CinderError) || leftMs <= 0) throw error;
    if (error.mayHaveHappened) {
      cinder.inFlight.tooMany();
      await sleep(Math.min(1_000, leftMs));
      return false;
    }
    if (error.status !== 400) throw error;
    const now = await foundOrGone(cinder, id);
    if (now === "gone" || now.status === "deleting") return true;
    if (!passing.test(now.status)) throw error;
    await cinder.snapshotWaits.until(id, leftMs, (seen) =>
      seen === "gone" || !passing.test(seen.status) ? seen : undefined,
    );
    return false;
  } finally {
    cinder.snapshots.wrote();
  }
}

async function foundOrGone(cinder: Cinder, id: string): Promise<Seen<CinderSnapshot>> {
  try {
    return await getSnapshot(cinder.client, id);
  } catch (error) {
    if (isNotFound(error)) return "gone";
    throw error;
  }
}

async function awaitGone(cinder: Cinder, id: string, limitMs: number): Promise<void> {
  const beganAt = Date.now();
  let last: CinderSnapshot | undefined;
  const end = await cinder.snapshotWaits.until(id, limitMs, (seen) => {
    if (seen === "gone") return "gone";
    last = seen;
    // Cinder says `deleting` before it answers, so any other status is the end of a delete that failed.
    return seen.status === "deleting" ? undefined : seen;
  });
  cinder.snapshots.wrote();
  if (end === "gone") return;
  const what = `Snapshot ${last?.name ?? ""} (${id}) could not be deleted`;
  const failed = { id, status: last?.status ?? "unknown" };
  if (end === "late") throw await operationLate(cinder.client, what, limitMs, failed);
  const advice =
    end.status === "error_deleting"
      ? "Once its cause is mended, set its status back (`cinder snapshot-reset-state --state available`) and run again."
      : "Its backend found it busy: a volume may still depend on it. Run again once that is gone.";
  throw await operationFailed(cinder.client, what, failed, { since: beganAt, advice });
}
