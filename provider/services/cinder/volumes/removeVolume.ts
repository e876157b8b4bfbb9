import { BlockboxError } from "../../../errors.js";
import { listSnapshots } from "../api/snapshots.js";
import type { CinderVolume } from "../api/volumes.js";
import { releaseLeft } from "../attachments/note.js";
import type { Cinder } from "../cinder.js";
import { CinderError, isNotFound } from "../client/error.js";
import { onceMended, operationFailed, operationLate } from "../outcome.js";
import { type Begun, untilBegun } from "../untilBegun.js";
import { isPassing } from "./passing.js";

interface Removal {
  /** Whether its snapshots go with it. */
  readonly cascade: boolean;
  readonly limitMs: number;
  /**
   * Whether it may never have been whole. Cinder lets a volume that it is still creating be deleted, and forgets what its
   * backend makes of it: its end is waited for.
   */
  readonly isUnfinished: boolean;
  /** Digest of the stack whose remains may go with it. */
  readonly stack: string;
}

/** Deletes a volume and waits until it is gone. One that is gone already is no error. Takes no place of its own in flight. */
export async function removeVolume(cinder: Cinder, id: string, removal: Removal): Promise<void> {
  const deadline = performance.now() + removal.limitMs;
  if (removal.isUnfinished && !(await settled(cinder, id, removal.limitMs))) return;
  const { requestId } = await untilBegun(
    cinder,
    deadline,
    () => begin(cinder, id, removal, deadline),
    () => isUnderWay(cinder, id),
  );
  await awaitGone(cinder, id, removal.limitMs, requestId);
}

/** Waits until it is not busy any more; false: it is gone. */
async function settled(cinder: Cinder, id: string, limitMs: number): Promise<boolean> {
  let last = "unknown";
  const end = await cinder.volumeWaits.until(id, limitMs, (seen) => {
    if (seen === "gone") return "gone";
    last = seen.status;
    return isPassing(seen.status) ? undefined : "settled";
  });
  if (end === "late") {
    throw await operationLate(cinder.client, `Volume ${id} could not be deleted`, limitMs, { id, status: last });
  }
  return end === "settled";
}

/** Asks for the delete. "again": something else was under way, and has ended. */
async function begin(cinder: Cinder, id: string, removal: Removal, deadline: number): Promise<Begun | "again"> {
  try {
    const query = removal.cascade ? { cascade: "true" } : undefined;
    return { requestId: await cinder.client.delete(["volumes", id], query) };
  } catch (error) {
    if (isNotFound(error)) return {};
    const leftMs = deadline - performance.now();
    if (!(error instanceof CinderError) || error.status !== 400 || leftMs <= 0) throw error;
    return (await isDeleting(cinder, id, removal.stack, error, leftMs)) ? {} : "again";
  } finally {
    cinder.volumes.wrote();
  }
}

/** Why Cinder refuses a delete. True: it is deleting already. False: what was in the way has ended. */
async function isDeleting(
  cinder: Cinder,
  id: string,
  stack: string,
  refused: CinderError,
  limitMs: number,
): Promise<boolean> {
  const volume = await cinder.volumeWaits.now(id);
  if (volume === "gone" || volume.status === "deleting") return true;
  if (await releaseLeft(cinder, volume, stack, "complete")) return false;
  await refuseHeld(cinder, volume);
  if (volume.status === "error_deleting") {
    const what = `Volume ${volume.name ?? ""} (${id}) cannot be deleted: an earlier delete failed`;
    throw await operationFailed(cinder.client, what, volume, { advice: onceMended("volumes", id) });
  }
  if (!isPassing(volume.status)) throw refused;
  await settled(cinder, id, limitMs);
  return false;
}

async function isUnderWay(cinder: Cinder, id: string): Promise<boolean> {
  const seen = await cinder.volumeWaits.now(id);
  return seen === "gone" || seen.status.includes("deleting");
}

/** Throws IN_USE with all that holds the volume, and how to let go of it. */
async function refuseHeld({ client }: Cinder, { id, name, attachments }: CinderVolume): Promise<void> {
  const attached = attachments.map(
    ({ attachment_id, host_name }) => `attachment ${attachment_id}${host_name ? ` of host ${host_name}` : ""}`,
  );
  const snapshots = (await listSnapshots(client, { volume_id: id })).map(
    (one) => `snapshot ${one.name ?? ""} (${one.id})`,
  );
  if (attached.length + snapshots.length === 0) return;
  const remedies = [
    ...(attached.length > 0
      ? ["delete its attachments (`cinder attachment-delete`) once the host has let go of it"]
      : []),
    ...(snapshots.length > 0 ? ["delete its snapshots, or set `cascade: true` and run `pulumi up` first"] : []),
  ];
  throw new BlockboxError(
    "IN_USE",
    `Volume ${name ?? ""} (${id}) cannot be deleted: it has ${[...attached, ...snapshots].join(", ")}. To let go of it: ${remedies.join("; ")}.`,
  );
}

async function awaitGone(cinder: Cinder, id: string, limitMs: number, requestId: string | undefined): Promise<void> {
  const beganAt = Date.now();
  let last: CinderVolume | undefined;
  const end = await cinder.volumeWaits.until(id, limitMs, (seen) => {
    if (seen === "gone") return "gone";
    last = seen;
    // Cinder says `deleting` before it answers, so any other status is the end of a delete that failed.
    return seen.status === "deleting" ? undefined : seen;
  });
  cinder.volumes.wrote();
  if (end === "gone") return;
  const failed = { id, status: last?.status ?? "unknown", host: last?.["os-vol-host-attr:host"] };
  const what = `Volume ${last?.name ?? ""} (${id}) could not be deleted`;
  if (end === "late") throw await operationLate(cinder.client, what, limitMs, failed, requestId);
  const advice =
    end.status === "error_deleting"
      ? onceMended("volumes", id)
      : "Its backend found it busy: something outside of Cinder holds it. Run again once that has let go.";
  throw await operationFailed(cinder.client, what, failed, { since: beganAt, requestId, advice });
}
