import { machineId } from "../../host/machine.js";
import type { BackendFacts } from "../service.js";
import { gibBytes } from "./geometry.js";
import type { Group } from "./report.js";

/** What a Backend's outputs say of its group, seen whole. */
export function groupFacts(group: Group, directories: readonly string[]): BackendFacts {
  return {
    volumeGroup: group.name,
    state: "up",
    activation: "loop",
    thin: false,
    totalGib: Math.floor((group.extentCount * group.extentSizeBytes) / gibBytes),
    devices: group.pvs.map(({ device }) => device),
    location: { machineId: machineId(), vgUuid: group.uuid },
    directories,
  };
}
