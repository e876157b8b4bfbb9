import { statSync } from "node:fs";
import { join } from "node:path";
import { namesIn, numbersIn } from "./blockDevice.js";
import { textOf } from "./textOf.js";

/** A file lock that a child of ours waits for. */
export interface AwaitedLock {
  readonly file: string;
  /** In words, such as `process 12 (lvchange)`. */
  readonly holder: string;
}

/** The lock on a file of the folder that a child of this process waits for, if one does. Runs no command. */
export function awaitedLock(folder: string): AwaitedLock | undefined {
  const locks = parseLocks(textOf("/proc/locks"));
  const waiting = locks.find(({ waits, pid }) => waits && parentOf(pid) === process.pid);
  const holder = waiting && locks.find(({ waits, file }) => !waits && file === waiting.file);
  if (holder === undefined) return undefined;
  const file = namesIn(folder)
    .map((name) => join(folder, name))
    .find((path) => keyOf(path) === holder.file);
  const name = textOf(`/proc/${holder.pid}/comm`).trim();
  return file === undefined ? undefined : { file, holder: `process ${holder.pid} (${name || "unknown"})` };
}

interface FileLock {
  /** `<major>:<minor>:<inode>`, the first two in hex. */
  readonly file: string;
  readonly pid: number;
  readonly waits: boolean;
}

/** The locks in a text of /proc/locks: `1: FLOCK ADVISORY WRITE <pid> <file> 0 EOF`, with `->` before the kind for one that waits. */
export function parseLocks(text: string): FileLock[] {
  return text.split("\n").flatMap((line) => {
    const [, waits, pid, file] = /^\d+: (-> )?\w+\s+\w+\s+\w+\s+(-?\d+) (\S+:\S+:\d+) /.exec(line) ?? [];
    return pid === undefined || file === undefined ? [] : [{ file, pid: Number(pid), waits: waits !== undefined }];
  });
}

function keyOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const [major, minor] = numbersIn(stat.dev).map((number) => number.toString(16).padStart(2, "0"));
  return `${major}:${minor}:${stat.ino}`;
}

function parentOf(pid: number): number | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
}
