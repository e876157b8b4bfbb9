import type { Problem, SourceFacts, VolumeSource } from "../service.js";
import { recentGroups } from "./change.js";
import { findSource } from "./copies/source.js";
import { gibBytes } from "./geometry.js";
import { idOfSource } from "./ids.js";
import { foreseenBytes, plannedBackend } from "./plan.js";
import { refuseLoopActivation } from "./snapshots/refuseLoopActivation.js";
import { parseTags } from "./tags.js";

/** What a copy has of its source where nothing else is asked for. Throws where nothing can be copied from it. */
export async function readSource(source: VolumeSource): Promise<SourceFacts> {
  const { group, lv, sizeBytes } = findSource(await recentGroups(), source);
  refuseLoopActivation("A copy", group, plannedBackend(group.name)?.activation);
  // A volume that this program lets grow, grows before it is copied.
  const then = "volume" in source ? foreseenBytes(group.name, lv) : sizeBytes;
  return { size: Math.floor(then / gibBytes), bootable: parseTags(lv.tags).bootable };
}

/** A copy shares its source's pool, or is written beside it. */
export function sourceElsewhere(volumeGroup: string, source: VolumeSource): Problem | undefined {
  const [group] = idOfSource(source).split("/");
  if (group === volumeGroup) return undefined;
  const property = "snapshot" in source ? "snapshotId" : "sourceVolumeId";
  return {
    property,
    reason: `must be in the same volume group: it is in ${group}, and the Backend's is ${volumeGroup}`,
  };
}
