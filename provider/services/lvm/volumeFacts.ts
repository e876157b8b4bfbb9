import { machineId } from "../../host/machine.js";
import type { VolumeFacts } from "../service.js";
import type { Group, LogicalVolume } from "./report.js";

/** What a Volume's outputs, or a Snapshot's, say of its logical volume. */
export function volumeFacts(group: Group, lv: LogicalVolume): VolumeFacts {
  return {
    location: { machineId: machineId(), vgUuid: group.uuid, lvUuid: lv.uuid },
    createdAt: new Date(lv.createdAt * 1000).toISOString(),
  };
}
