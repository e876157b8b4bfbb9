import { contentOf } from "../../../host/blank.js";
import { deviceNumber, deviceSizeBytes, readSysfs, sysfsFolder } from "../../../host/blockDevice.js";
import { deviceClaims } from "../../../host/users.js";
import { usableExtents } from "../geometry.js";
import { uuidOnDevice } from "../physicalVolume.js";
import type { Group } from "../report.js";
import { isSameDevice } from "./match.js";
import { isPvUuidOf, type PvOwner } from "./ownUuid.js";
import { isRemainder } from "./remainder.js";

/** What is against making a device a physical volume of a Backend. `code` is that of the error, where it comes to one. */
export interface DeviceFault {
  readonly code: "NOT_HERE" | "NOT_BLANK" | "IN_USE" | "HOST_UNFIT";
  /** Reads after "has a problem: ". */
  readonly reason: string;
}

/** Nothing for a device that is proven blank and unused, or that a killed run had begun with for these owners, or had all but given back. */
export async function faultOfDevice(
  path: string,
  owners: readonly PvOwner[],
  groups: readonly Group[],
): Promise<DeviceFault | undefined> {
  const fault = (code: DeviceFault["code"], what: string): DeviceFault => ({ code, reason: `${path} ${what}` });
  if (deviceNumber(path) === undefined) return fault("NOT_HERE", "is no block device of this host: see `lsblk`");
  const group = groups.find(({ pvs }) => pvs.some(({ device }) => isSameDevice(device, path)));
  if (group) return fault("IN_USE", `is a physical volume of volume group ${group.name}: give another device`);
  const claims = deviceClaims(path);
  if (claims.length > 0) return fault("IN_USE", `is in use: ${claims.join("; ")}. Give another device`);
  if (readSysfs(`${sysfsFolder(path)}/ro`) === "1") return fault("HOST_UNFIT", "is read-only: give another device");
  if (usableExtents(deviceSizeBytes(path)) < 1)
    return fault("HOST_UNFIT", `is too small: it has ${deviceSizeBytes(path)} bytes, and 12 MiB are the least`);
  if (await isHalfMade(path, owners)) return undefined;
  const content = await contentOf(path);
  if (content.kind === "blank" || (await isRemainder(path))) return undefined;
  return fault(
    "NOT_BLANK",
    `is not blank: it has ${content.words}. Give another device, or, if nobody needs what is on it, clear it yourself (\`blkdiscard -z ${path}\`)`,
  );
}

/** Of a physical volume that is in no group of this host, as seen before: whether its UUID says that it was to be in one of ours. */
export async function isHalfMade(path: string, owners: readonly PvOwner[]): Promise<boolean> {
  const uuid = await uuidOnDevice(path);
  return uuid !== undefined && isPvUuidOf(uuid, owners);
}
