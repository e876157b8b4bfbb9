import { closeSync, constants, openSync, readlinkSync } from "node:fs";
import { deviceNumber, namesIn, readSysfs, sysfsFolder } from "./blockDevice.js";
import { isBackedBy, listLoopDevices } from "./loopList.js";
import { parseMountInfo } from "./mountInfo.js";
import { textOf } from "./textOf.js";

/**
 * Everything that uses a block device, in words: its claims, and processes that have it open. Empty: nothing does.
 * Any lvm or blkid command on this host opens every device for a moment: see a lone opener twice before believing it.
 */
export function deviceUsers(device: string): string[] {
  const number = deviceNumber(device);
  if (number === undefined) return [];
  const seen = [...deviceClaims(device), ...openers(number)];
  return seen.length > 0 || isFree(device) ? seen : ["claimed by the kernel or another mount namespace"];
}

/** What has claimed a block device for good, in words: mounts in any mount namespace, swap, devices on top. */
export function deviceClaims(device: string): string[] {
  const number = deviceNumber(device);
  if (number === undefined) return [];
  return [
    ...mountsAnywhere(number),
    ...swaps(number),
    ...holders(device),
    ...listLoopDevices()
      .filter((loop) => isBackedBy(loop, device))
      .map((loop) => `shown by ${loop.path} from byte ${loop.offsetBytes}`),
  ];
}

/** Processes that keep the mount at `path` busy, and mounts below it, in words. */
export function mountUsers(path: string): string[] {
  const isBelow = (other: string) => other === path || other.startsWith(`${path}/`);
  const mounts = parseMountInfo(textOf("/proc/self/mountinfo"))
    .filter((mount) => mount.path !== path && isBelow(mount.path))
    .map((mount) => `${mount.source} is mounted below it on ${mount.path}`);
  return [...mounts, ...processes().flatMap((pid) => usesBelow(pid, isBelow))];
}

function usesBelow(pid: string, isBelow: (path: string) => boolean): string[] {
  const has = (link: string) => isBelow(target(`/proc/${pid}/${link}`));
  const file = namesIn(`/proc/${pid}/fd`)
    .map((fd) => target(`/proc/${pid}/fd/${fd}`))
    .find(isBelow);
  const mapped = textOf(`/proc/${pid}/maps`)
    .split("\n")
    .map((line) => line.slice(line.indexOf("/")))
    .find(isBelow);
  const uses = [
    ...(has("cwd") ? [`has its working directory in ${target(`/proc/${pid}/cwd`)}`] : []),
    ...(has("root") ? [`has its root in ${target(`/proc/${pid}/root`)}`] : []),
    ...(has("exe") ? [`runs ${target(`/proc/${pid}/exe`)}`] : []),
    ...(file === undefined ? [] : [`has ${file} open`]),
    ...(mapped === undefined || has("exe") ? [] : [`has ${mapped} mapped`]),
  ];
  return uses.map((use) => `${processName(pid)} ${use}`);
}

function mountsAnywhere(number: string): string[] {
  const namespaces = new Map<string, string>();
  for (const pid of ["self", ...processes()]) {
    const namespace = target(`/proc/${pid}/ns/mnt`);
    if (!namespaces.has(namespace)) namespaces.set(namespace, pid);
  }
  const seen = new Map<string, string>();
  for (const pid of namespaces.values()) {
    const where = pid === "self" ? "" : ` in the mount namespace of ${processName(pid)}`;
    for (const mount of parseMountInfo(textOf(`/proc/${pid}/mountinfo`))) {
      // Copies of our own mounts in other namespaces go with ours, or hold the device under the same path.
      if (mount.deviceNumber === number && !seen.has(mount.path))
        seen.set(mount.path, `mounted on ${mount.path}${where}`);
    }
  }
  return [...seen.values()];
}

function swaps(number: string): string[] {
  const paths = textOf("/proc/swaps")
    .split("\n")
    .slice(1)
    .map((line) => line.split(/\s/)[0] ?? "");
  return paths.filter((path) => path !== "" && deviceNumber(path) === number).map(() => "used as swap");
}

/** Devices that the kernel stacked on this one or its partitions: device-mapper, RAID, bcache. */
function holders(device: string): string[] {
  const folder = sysfsFolder(device);
  const partitions = namesIn(`${folder}`).filter((name) => readSysfs(`${folder}/${name}/partition`) !== undefined);
  return [`${folder}/holders`, ...partitions.map((name) => `${folder}/${name}/holders`)]
    .flatMap(namesIn)
    .map((name) => `held by /dev/${name}${stackedWords(name)}`);
}

/** What a device of device-mapper is, and how it lets go. */
function stackedWords(name: string): string {
  const mapped = readSysfs(`/sys/block/${name}/dm/name`);
  const uuid = readSysfs(`/sys/block/${name}/dm/uuid`) ?? "";
  if (mapped === undefined) return "";
  if (uuid.startsWith("mpath-"))
    return ` (multipath map ${mapped}: keep multipathd from the disk by a blacklist in multipath.conf, and \`multipath -f ${mapped}\`)`;
  if (!uuid.startsWith("LVM-")) return ` (${mapped}: \`dmsetup remove ${mapped}\`)`;
  const group = groupIn(mapped);
  return ` (a logical volume of group ${group}, which this host has activated: \`vgchange -an ${group}\`, and \`vgchange --setautoactivation n ${group}\` so that it stays so)`;
}

/** lvm doubles the hyphens within a name, and puts one between the group's and the volume's. */
function groupIn(mapped: string): string {
  return (/^((?:[^-]|--)+)-(?!-)/.exec(mapped)?.[1] ?? mapped).replaceAll("--", "-");
}

function openers(number: string): string[] {
  return processes()
    .filter((pid) => namesIn(`/proc/${pid}/fd`).some((fd) => isDevice(target(`/proc/${pid}/fd/${fd}`), number)))
    .map((pid) => `opened by ${processName(pid)}`);
}

function isDevice(path: string, number: string): boolean {
  return path.startsWith("/dev/") && deviceNumber(path) === number;
}

/** An exclusive open fails where a mount, swap or holder of any namespace has claimed the device. */
function isFree(device: string): boolean {
  try {
    closeSync(openSync(device, constants.O_RDONLY | constants.O_EXCL));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EBUSY";
  }
}

function processes(): string[] {
  return namesIn("/proc").filter((name) => /^\d+$/.test(name));
}

function processName(pid: string): string {
  return `process ${pid} (${textOf(`/proc/${pid}/comm`).trim()})`;
}

/** A process may end, and its files with it, at any moment. */
function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
