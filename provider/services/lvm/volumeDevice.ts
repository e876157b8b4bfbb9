import { findMappedDevice, removeMappedDevice } from "../../host/deviceMapper.js";
import { waitUntilUnused } from "../../host/letGo.js";
import type { Lock } from "../../host/lock.js";
import { detachLoop } from "../../host/loop.js";
import { machineId } from "../../host/machine.js";
import type { AttachedDevice } from "../service.js";
import type { ShownDevice } from "./activation/activation.js";
import { activationOf } from "./activation/activationOf.js";
import { recordedLoop } from "./activation/loop.js";
import type { Group, LogicalVolume } from "./report.js";

type Recorded = Pick<AttachedDevice, "devicePath" | "shows">;

/** What state records of an attached device. */
export function deviceFacts(group: Group, lv: LogicalVolume, device: ShownDevice): AttachedDevice {
  return {
    devicePath: device.path,
    sizeBytes: device.sizeBytes,
    driverVolumeType: "local",
    location: { machineId: machineId(), vgUuid: group.uuid, lvUuid: lv.uuid },
    shows: activationOf(group).shows(group, lv, device),
  };
}

/** The path of the device that state records, if it still shows what it did. Runs no command. */
export function recordedDevice({ devicePath, shows }: Recorded): string | undefined {
  if ("mapped" in shows) {
    const device = findMappedDevice(shows.mapped);
    return device?.sizeBytes === shows.sizeBytes ? devicePath : undefined;
  }
  return recordedLoop(devicePath, shows)?.path;
}

/** Takes away a recorded device whose volume, or group, is no longer there. */
export async function hideRecorded(recorded: Recorded, lock: Lock): Promise<void> {
  const path = recordedDevice(recorded);
  if (path === undefined) return;
  if (!("mapped" in recorded.shows)) return detachLoop(path, lock);
  await waitUntilUnused(path, path);
  const device = findMappedDevice(recorded.shows.mapped);
  if (device) await removeMappedDevice(device, lock);
}
