import { BlockboxError } from "../../errors.js";
import type { VolumeSource } from "../service.js";

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const volumePattern = new RegExp(`^([^/]+)/(volume-${uuid})$`);
const snapshotPattern = new RegExp(`^([^/]+)/(_snapshot-${uuid})$`);

/**
 * What lvm says of a name of a volume group, and /dev with it, if there is something against it; reads after
 * "has a problem: ". Nothing for a good name.
 */
export function faultOfGroupName(name: string): string | undefined {
  if (!/^[A-Za-z0-9+_.-]*$/.test(name))
    return "may only have letters, digits and + _ . - (lvm's rule for volume groups)";
  if (name === "" || name === "." || name === "..") return "must be a name (lvm's rule for volume groups)";
  if (name.startsWith("-")) return "must not begin with a hyphen (lvm's rule for volume groups)";
  if (name.length > 127 - VOLUME_NAME_LENGTH)
    return `must have at most ${127 - VOLUME_NAME_LENGTH} characters, so that device names have room for a volume's`;
  if (/^snapshot|^pvmove/.test(name)) return "must not begin with snapshot or pvmove, which lvm keeps for itself";
  return undefined;
}

/** `volume-` and a UUID: device-mapper names join both, and have at most 127 characters. */
const VOLUME_NAME_LENGTH = 44;

export function backendId(volumeGroup: string): string {
  return `lvm:${volumeGroup}`;
}

/** The volume group of a Backend's id; nothing if it is not one. */
export function groupOfBackend(id: string): string | undefined {
  const volumeGroup = id.startsWith("lvm:") ? id.slice(4) : undefined;
  return volumeGroup !== undefined && faultOfGroupName(volumeGroup) === undefined ? volumeGroup : undefined;
}

export function volumeId(volumeGroup: string, lv: string): string {
  return `${volumeGroup}/${lv}`;
}

/** What a volume's or snapshot's id says: the names of its volume group and logical volume. */
export interface VolumeParts {
  readonly volumeGroup: string;
  readonly lv: string;
}

/** A volume's id taken apart; nothing if it is not one. */
export function partsOfVolume(id: string): VolumeParts | undefined {
  return partsLike(volumePattern, id);
}

/** A snapshot's id taken apart; nothing if it is not one. */
export function partsOfSnapshot(id: string): VolumeParts | undefined {
  return partsLike(snapshotPattern, id);
}

function partsLike(pattern: RegExp, id: string): VolumeParts | undefined {
  const [, volumeGroup, lv] = pattern.exec(id) ?? [];
  if (volumeGroup === undefined || lv === undefined || faultOfGroupName(volumeGroup) !== undefined) return undefined;
  return { volumeGroup, lv };
}

/** Whether it is the id of a snapshot: `<volume group>/_snapshot-<uuid>`. */
export function isSnapshotId(id: string): boolean {
  return partsOfSnapshot(id) !== undefined;
}

/** As partsOfVolume; throws INPUT_REFUSED for what is no volume's id. */
export function partsOf(id: string): VolumeParts {
  const parts = partsOfVolume(id);
  if (parts === undefined)
    throw new BlockboxError("INPUT_REFUSED", `${id} is not the id of a Volume (<volume group>/volume-<uuid>).`);
  return parts;
}

/** As partsOfSnapshot; throws INPUT_REFUSED for what is no snapshot's id. */
export function requireSnapshotParts(id: string): VolumeParts {
  const parts = partsOfSnapshot(id);
  if (parts === undefined)
    throw new BlockboxError("INPUT_REFUSED", `${id} is not the id of a Snapshot (<volume group>/_snapshot-<uuid>).`);
  return parts;
}

/** The id of the Snapshot or Volume that a volume begins as a copy of. */
export function idOfSource(source: VolumeSource): string {
  return "snapshot" in source ? source.snapshot : source.volume;
}

/** The other way round. */
export function sourceOfId(id: string): VolumeSource {
  return isSnapshotId(id) ? { snapshot: id } : { volume: id };
}

/** As groupOfBackend; throws INPUT_REFUSED for what is no Backend's id. */
export function requireGroupOf(id: string): string {
  const volumeGroup = groupOfBackend(id);
  if (volumeGroup === undefined)
    throw new BlockboxError("INPUT_REFUSED", `${id} is not the id of a Backend (lvm:<volume group>).`);
  return volumeGroup;
}
