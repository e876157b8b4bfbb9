import { poolName } from "../thinPool.js";

/** What device-mapper takes for a name. */
const longestName = 127;

/** `_snapshot-<uuid>-cow`, the longest name of what lies below a volume or snapshot of ours, its hyphens doubled but for the last. */
const longestVolume = "_snapshot-00000000-0000-4000-8000-000000000000".replaceAll("-", "--").length + "-cow".length;

/** lvm's name of a volume for device-mapper: hyphens in the names are doubled, since one joins them. */
export function mappedName(volumeGroup: string, lv: string): string {
  return `${doubled(volumeGroup)}-${doubled(lv)}`;
}

/** Why the devices of a group's volumes could not be named, if so. */
export function faultOfDeviceNames(volumeGroup: string, hasPool: boolean): string | undefined {
  const ofVolume = doubled(volumeGroup).length + 1 + longestVolume;
  const ofPool = hasPool ? mappedName(volumeGroup, `${poolName(volumeGroup)}_tdata`).length : 0;
  const longest = Math.max(ofVolume, ofPool);
  if (longest <= longestName) return undefined;
  return `is too long a name: device-mapper's names of its volumes${hasPool ? " and pool" : ""} would have ${longest} characters (each hyphen counts twice), and at most ${longestName} are possible`;
}

function doubled(name: string): string {
  return name.replaceAll("-", "--");
}
