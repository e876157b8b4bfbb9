import { hostname } from "node:os";
import { activationOf } from "../../services/lvm/activation/activationOf.js";
import { gibBytes } from "../../services/lvm/geometry.js";
import {
  backendId,
  isSnapshotId,
  partsOfVolume,
  requireGroupOf,
  type VolumeParts,
  volumeId,
} from "../../services/lvm/ids.js";
import { locateGroup, requireVolume } from "../../services/lvm/locate.js";
import { type Group, type LogicalVolume, readGroups } from "../../services/lvm/report.js";
import { parseTags } from "../../services/lvm/tags.js";
import { volumeFacts } from "../../services/lvm/volumeFacts.js";
import type { FoundVolume } from "./declaration.js";

/** Throws NOT_FOUND, NOT_HERE, NOT_OURS. The report is always a new one: what was just made must be in it. */
export async function volumeHere(parts: VolumeParts): Promise<FoundVolume> {
  const { group, lv } = requireVolume(await readGroups(), parts);
  return seen(group, lv);
}

/** Those that blockbox made, of a group that it made. */
export async function volumesOf(backend: string): Promise<FoundVolume[]> {
  const group = locateGroup(await readGroups(), requireGroupOf(backend));
  const isOurs = ({ name, tags }: LogicalVolume) =>
    parseTags(tags).ours && partsOfVolume(volumeId(group.name, name)) !== undefined;
  return group.lvs.filter(isOurs).map((lv) => seen(group, lv));
}

function seen(group: Group, lv: LogicalVolume): FoundVolume {
  const { name, description, metadata, bootable, source, clearFrom, deleting } = parseTags(lv.tags);
  const id = volumeId(group.name, lv.name);
  const devices = activationOf(group)
    .devicesOf(group, lv)
    .map(({ path }) => path);
  return {
    id,
    name: name ?? lv.name,
    description,
    size: Math.floor((clearFrom ?? lv.sizeBytes) / gibBytes),
    status: deleting ? "deleting" : devices.length > 0 ? "in-use" : "available",
    attachments: devices.map((path) => ({ attachmentId: id, hostName: hostname(), device: path })),
    metadata: metadata ?? {},
    backend: backendId(group.name),
    bootable,
    readOnly: lv.permission === "ro",
    ...(source === undefined ? {} : isSnapshotId(source) ? { snapshotId: source } : { sourceVolumeId: source }),
    createdAt: volumeFacts(group, lv).createdAt,
  };
}
