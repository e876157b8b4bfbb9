import { BlockboxError } from "../../../errors.js";
import { putNames } from "../api/describe.js";
import { type CinderSnapshot, getSnapshot } from "../api/snapshots.js";
import type { Cinder } from "../cinder.js";
import { changeMetadata } from "../metadataChange.js";
import { operationFailed, operationLate } from "../outcome.js";
import { unmarkWhenQuiet } from "../unmark.js";
import type { SnapshotWish } from "./wish.js";

/** Brings a snapshot's name, description and metadata to what is wanted; nothing else of it can change. */
export async function changeSnapshot(
  cinder: Cinder,
  id: string,
  from: SnapshotWish,
  to: SnapshotWish,
  limitMs: number,
): Promise<CinderSnapshot> {
  const { client } = cinder;
  const now = await takenSnapshot(cinder, id, limitMs);
  unmarkWhenQuiet(cinder, "snapshots", now);
  const names = {
    ...(to.name === now.name ? {} : { name: to.name }),
    ...((to.description ?? "") === (now.description ?? "") ? {} : { description: to.description ?? "" }),
  };
  if (Object.keys(names).length > 0) await putNames(client, "snapshots", id, names);
  await changeMetadata(client, "snapshots", id, now.metadata, from.metadata, to.metadata);
  cinder.snapshots.wrote();
  return getSnapshot(client, id);
}

/** A create that was late may still be taking it. */
async function takenSnapshot(cinder: Cinder, id: string, limitMs: number): Promise<CinderSnapshot> {
  const now = await getSnapshot(cinder.client, id);
  const what = `Snapshot ${now.name ?? ""} (${id}) could not be changed`;
  const taken =
    now.status !== "creating"
      ? now
      : await cinder.snapshotWaits.until(id, limitMs, (seen) =>
          seen === "gone" || seen.status !== "creating" ? seen : undefined,
        );
  if (taken === "late") throw await operationLate(cinder.client, what, limitMs, now);
  if (taken === "gone") throw new BlockboxError("NOT_FOUND", `${what}: it has been deleted. Run \`pulumi refresh\`.`);
  if (!taken.status.startsWith("error")) return taken;
  const advice = "No volume can be made of it: delete it, or have it replaced (`pulumi up --replace`).";
  throw await operationFailed(cinder.client, what, taken, { advice });
}
