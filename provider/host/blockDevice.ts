import { readdirSync, readFileSync, statSync } from "node:fs";

/** `major:minor` of a block device, as sysfs and mountinfo write it; undefined if `path` is none. */
export function deviceNumber(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isBlockDevice()) return undefined;
  return numbersIn(stat.rdev).join(":");
}

/** Major and minor in a stat's `dev` or `rdev`, which packs 12 bits of major and 20 of minor in an interleaved way. */
export function numbersIn(packed: number): [major: bigint, minor: bigint] {
  const dev = BigInt(packed);
  return [((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n), (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n)];
}

/** The device's folder in sysfs, e.g. `/sys/dev/block/7:0`; undefined if `path` is no block device. */
export function sysfsFolder(path: string): string | undefined {
  const number = deviceNumber(path);
  return number === undefined ? undefined : `/sys/dev/block/${number}`;
}

/** The device's size. Throws the file system's error if it is gone. */
export function deviceSizeBytes(path: string): number {
  return Number(readFileSync(`${sysfsFolder(path)}/size`, "utf8")) * 512;
}

/** Changes as long as the device reads, writes or discards: a value for `run`'s `progress`. */
export function activity(path: string): string {
  return readSysfs(`${sysfsFolder(path)}/stat`) ?? "";
}

/** A sysfs file's text without its line end, or undefined where there is none. */
export function readSysfs(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/\n$/, "");
  } catch {
    return undefined;
  }
}

/** Names in a folder of sysfs or procfs; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
