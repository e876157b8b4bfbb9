import { putNames } from "../api/describe.js";
import { type CinderSnapshot, getSnapshot } from "../api/snapshots.js";
import type { Cinder } from "../cinder.js";
import { changeMetadata } from "../metadataChange.js";
import { unmarkWhenQuiet } from "../unmark.js";
import type { SnapshotWish } from "./wish.js";

/** Brings a snapshot's name, description and metadata to what is wanted; nothing else of it can change. */
export async function changeSnapshot(
  cinder: Cinder,
  id: string,
  from: SnapshotWish,
  to: SnapshotWish,
): Promise<CinderSnapshot> {
  const { client } = cinder;
  const now = await getSnapshot(client, id);
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
