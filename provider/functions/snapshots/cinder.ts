import type { Values } from "../../declaration/property.js";
import { getSnapshot } from "../../services/cinder/api/snapshots.js";
import { cinderClient } from "../../services/cinder/client/client.js";
import { ownMetadata } from "../../services/cinder/metadataChange.js";
import { existing } from "../existing.js";
import type { getSnapshotDeclaration } from "./declaration.js";

/** Throws NOT_FOUND. */
export async function snapshotIn(
  cloud: string | undefined,
  id: string,
): Promise<Values<typeof getSnapshotDeclaration.outputs>> {
  const client = cinderClient(cloud);
  const snapshot = await existing(client, `Snapshot ${id}`, () => getSnapshot(client, id));
  return {
    id: snapshot.id,
    name: snapshot.name ?? "",
    description: snapshot.description ?? undefined,
    volume: snapshot.volume_id,
    size: snapshot.size,
    status: snapshot.status,
    metadata: ownMetadata(snapshot.metadata, undefined),
    createdAt: `${snapshot.created_at}Z`,
  };
}
