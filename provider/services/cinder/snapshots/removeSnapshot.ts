import type { CinderSnapshot } from "../api/snapshots.js";
import type { Cinder } from "../cinder.js";
import { CinderError, isNotFound } from "../client/error.js";
import { onceMended, operationFailed, operationLate } from "../outcome.js";
import { type Begun, untilBegun } from "../untilBegun.js";
import { poolOf } from "./poolOf.js";

/** Statuses in which nothing can be deleted, and that end by themselves. */
const passing = /^(creating|updating|backing-up|restoring|unmanaging)$/;

/** Deletes a snapshot and waits until it is gone. One that is gone already is no error. Takes no place of its own in flight. */
export async function removeSnapshot(cinder: Cinder, id: string, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  const { requestId } = await untilBegun(
    cinder,
    deadline,
    () => begin(cinder, id, deadline),
    () => isUnderWay(cinder, id),
  );
  await awaitGone(cinder, id, limitMs, requestId);
}

/** Asks for the delete. "again": something else was under way, and has ended. */
async function begin(cinder: Cinder, id: string, deadline: number): Promise<Begun | "again"> {
  try {
    return { requestId: await cinder.client.delete(["snapshots", id]) };
  } catch (error) {
    if (isNotFound(error)) return {};
    const leftMs = deadline - performance.now();
    if (!(error instanceof CinderError) || error.status !== 400 || leftMs <= 0) throw error;
    const now = await cinder.snapshotWaits.now(id);
    if (now === "gone" || now.status === "deleting") return {};
    if (now.status === "error_deleting") {
      const what = `Snapshot ${now.name ?? ""} (${id}) cannot be deleted: an earlier delete failed`;
      throw await operationFailed(cinder.client, what, now, { advice: onceMended("snapshots", id) });
    }
    if (!passing.test(now.status)) throw error;
    await cinder.snapshotWaits.until(id, leftMs, (seen) =>
      seen === "gone" || !passing.test(seen.status) ? seen : undefined,
    );
    return "again";
  } finally {
    cinder.snapshots.wrote();
  }
}

async function isUnderWay(cinder: Cinder, id: string): Promise<boolean> {
  const seen = await cinder.snapshotWaits.now(id);
  return seen === "gone" || seen.status.includes("deleting");
}

async function awaitGone(cinder: Cinder, id: string, limitMs: number, requestId: string | undefined): Promise<void> {
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
  const failed = { id, status: last?.status ?? "unknown", host: await poolOf(cinder, last?.volume_id) };
  if (end === "late") throw await operationLate(cinder.client, what, limitMs, failed, requestId);
  const advice =
    end.status === "error_deleting"
      ? onceMended("snapshots", id)
      : "Its backend found it busy: a volume may still depend on it. Run again once that is gone.";
  throw await operationFailed(cinder.client, what, failed, { since: beganAt, requestId, advice });
}
