import { readFileSync } from "node:fs";
import { deviceNumber } from "./blockDevice.js";

export interface Mount {
  /** `major:minor` of its device. */
  deviceNumber: string;
  /** The folder of the file system that is mounted: `/` unless it is a bind mount. */
  root: string;
  path: string;
  /** Of this mount: `rw`, `noatime`, … */
  options: string[];
  fsType: string;
  source: string;
  /** Of the file system. */
  superOptions: string[];
}

/** The mounts in a mountinfo text, in the order in which they were made. Lines that are none are left out. */
export function parseMountInfo(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ", 2);
    const [, , number, root, path, options] = before?.split(" ") ?? [];
    const [fsType, source, superOptions] = after?.split(" ") ?? [];
    if (number === undefined || root === undefined || path === undefined || fsType === undefined) return [];
    return {
      deviceNumber: number,
      root: unescapeOctal(root),
      path: unescapeOctal(path),
      options: options?.split(",") ?? [],
      fsType,
      source: unescapeOctal(source ?? ""),
      superOptions: superOptions?.split(",") ?? [],
    };
  });
}

/** mountinfo writes space, tab, line feed and backslash as `\ooo`. The rest is UTF-8. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The mounts of our own mount namespace. */
export function readMounts(): Mount[] {
  return parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8"));
}

/** Mounts at exactly that absolute path; the last one is what is seen there. */
export function mountsAt(path: string): Mount[] {
  const wanted = path.length > 1 ? path.replace(/\/+$/, "") : path;
  return readMounts().filter((mount) => mount.path === wanted);
}

/** Mounts of a device, given as its path or `major:minor`. */
export function mountsOf(device: string): Mount[] {
  const number = device.startsWith("/") ? deviceNumber(device) : device;
  return readMounts().filter((mount) => mount.deviceNumber === number);
}
