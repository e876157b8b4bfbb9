import { BlockboxError } from "../../../errors.js";
import type { VolumeSource } from "../../service.js";
import { refuseUnfinished } from "../changeVolume.js";
import { gibBytes } from "../geometry.js";
import { partsOf, requireSnapshotParts, volumeId } from "../ids.js";
import { requireVolume } from "../locate.js";
import type { Group, LogicalVolume } from "../report.js";
import { refuseLoopActivation } from "../snapshots/refuseLoopActivation.js";
import { takenOf } from "../snapshots/snapshotTags.js";

/** What a volume begins as a copy of. */
export interface Source {
  readonly group: Group;
  /** The snapshot, or the volume itself. */
  readonly lv: LogicalVolume;
  readonly sizeBytes: number;
  /** Name of the volume, or of the one that the snapshot was taken of. */
  readonly volume: string;
}

/** Throws NOT_FOUND, NOT_HERE, NOT_OURS, UNFINISHED; INPUT_REFUSED for what cannot be copied, or not to that group. */
export function requireSource(groups: readonly Group[], volumeGroup: string, source: VolumeSource): Source {
  const found = findSource(groups, source);
  const { group, lv } = found;
  refuseLoopActivation("A copy", group);
  if (group.name === volumeGroup) return found;
  throw new BlockboxError(
    "INPUT_REFUSED",
    `${group.name}/${lv.name} is in another volume group. A copy of it must be in the same volume group: give that Backend (lvm:${group.name}).`,
  );
}

/** As requireSource, wherever the copy is to be. */
export function findSource(groups: readonly Group[], source: VolumeSource): Source {
  const isSnapshot = "snapshot" in source;
  const { group, lv } = requireVolume(
    groups,
    isSnapshot ? requireSnapshotParts(source.snapshot) : partsOf(source.volume),
  );
  refuseUnfinished(group, lv);
  refuseLost(group, lv);
  if (!isSnapshot) return { group, lv, sizeBytes: lv.sizeBytes, volume: lv.name };
  const { of, sizeGib } = takenOf(lv);
  return { group, lv, sizeBytes: sizeGib * gibBytes, volume: of ?? lv.name };
}

/** Only an active snapshot shows that it is lost. */
export function refuseLost({ name: group }: Pick<Group, "name">, { name, kind, invalid }: LogicalVolume): void {
  if (!invalid) return;
  const what = kind === "thickSnapshot" ? "Snapshot" : "Volume";
  const why = kind === "thickSnapshot" ? "ran full: what it held is lost. Delete it, and take another" : "has failed";
  throw new BlockboxError("INPUT_REFUSED", `${what} ${volumeId(group, name)} ${why}.`);
}
