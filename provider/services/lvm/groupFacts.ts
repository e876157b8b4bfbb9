import { machineId } from "../../host/machine.js";
import type { BackendFacts } from "../service.js";
import { gibBytes } from "./geometry.js";
import { parseGroupTags } from "./groupTags.js";
import type { Group } from "./report.js";
import { poolOf } from "./thinPool.js";

/** What a Backend's outputs say of its group, seen whole. */
export function groupFacts(
  group: Group,
  { directories, physicalVolumes }: Pick<BackendFacts, "directories" | "physicalVolumes">,
): BackendFacts {
  return {
    volumeGroup: group.name,
    state: "up",
    activation: parseGroupTags(group.tags).activation,
    thin: poolOf(group) !== undefined,
    totalGib: Math.floor((group.extentCount * group.extentSizeBytes) / gibBytes),
    devices: group.pvs.map(({ device }) => device),
    location: { machineId: machineId(), vgUuid: group.uuid },
    directories,
    physicalVolumes,
  };
}
