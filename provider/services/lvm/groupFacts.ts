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
    totalGib: usableGib(group),
    devices: group.pvs.map(({ device }) => device),
    location: { machineId: machineId(), vgUuid: group.uuid },
    directories,
    physicalVolumes,
  };
}

/** Of its pool, where volumes are thin; else of each device by itself, since a volume is one piece there. */
function usableGib(group: Group): number {
  const pool = poolOf(group);
  if (pool) return Math.floor(pool.sizeBytes / gibBytes);
  return group.pvs.reduce(
    (sum, { extentCount }) => sum + Math.floor((extentCount * group.extentSizeBytes) / gibBytes),
    0,
  );
}
