import { listTypes } from "../../services/cinder/api/types.js";
import { type CinderVolume, getVolume, listVolumes } from "../../services/cinder/api/volumes.js";
import { type CinderClient, cinderClient } from "../../services/cinder/client/client.js";
import { backendIdOf } from "../../services/cinder/ids.js";
import { ownMetadata } from "../../services/cinder/metadataChange.js";
import { isBootable, isReadOnly } from "../../services/cinder/volumes/setFlags.js";
import { existing } from "../existing.js";
import type { FoundVolume, VolumeFilters } from "./declaration.js";

/** Throws NOT_FOUND. */
export async function volumeIn(cloud: string | undefined, id: string): Promise<FoundVolume> {
  const client = cinderClient(cloud);
  return seen(await existing(client, `Volume ${id}`, () => getVolume(client, id)));
}

/** The volumes of the type that the filters name, and perhaps others that do not meet the rest. */
export async function volumesLike({ cloud, volumeType, name, status }: VolumeFilters): Promise<FoundVolume[]> {
  const client = cinderClient(cloud);
  const query = { ...(name === undefined ? {} : { name }), ...(status === undefined ? {} : { status }) };
  const [volumes, wanted] = await Promise.all([
    listVolumes(client, query),
    volumeType === undefined ? undefined : nameOfType(client, volumeType),
  ]);
  return volumes.filter(({ volume_type: type }) => wanted === undefined || type === wanted).map(seen);
}

/** A type is told by its name or UUID; what is neither of one stays as it is, and no volume is of it. */
async function nameOfType(client: CinderClient, wanted: string): Promise<string> {
  return (await listTypes(client)).find(({ id }) => id === wanted)?.name ?? wanted;
}

function seen(volume: CinderVolume): FoundVolume {
  return {
    id: volume.id,
    name: volume.name ?? "",
    description: volume.description ?? undefined,
    size: volume.size,
    status: volume.status,
    attachments: volume.attachments.map(({ attachment_id, host_name, device }) => ({
      attachmentId: attachment_id,
      hostName: host_name ?? undefined,
      // Cinder says "na" where it was told none, and keeps our own mark there.
      device: device?.startsWith("/") ? device : undefined,
    })),
    metadata: ownMetadata(volume.metadata, undefined),
    backend: volume.volume_type === null ? undefined : backendIdOf(volume.volume_type),
    bootable: isBootable(volume),
    readOnly: isReadOnly(volume),
    encrypted: volume.encrypted,
    multiattach: volume.multiattach,
    availabilityZone: volume.availability_zone ?? undefined,
    serviceHost: volume["os-vol-host-attr:host"] ?? undefined,
    snapshotId: volume.snapshot_id ?? undefined,
    sourceVolumeId: volume.source_volid ?? undefined,
    createdAt: `${volume.created_at}Z`,
  };
}
