import { listMappedDevices } from "../../../host/deviceMapper.js";
import { mappedName } from "../activation/names.js";
import { poolName } from "../thinPool.js";

/** Whether the pool of a group is active. Runs no command. */
export function hasPoolDevice(volumeGroup: string, vgUuid: string): boolean {
  const name = mappedName(volumeGroup, poolName(volumeGroup));
  const group = `LVM-${vgUuid.replaceAll("-", "")}`;
  // Once it has had volumes, what lies below the pool's own name carries the pool.
  return listMappedDevices().some(
    (device) => device.uuid.startsWith(group) && (device.name === name || device.name === `${name}-tpool`),
  );
}
