import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Those of these provider processes that hold a connection to their engine, each with its launcher: the ones that have
 * loaded our code. Until its first request a provider process is all Pulumi's, which does not notice a dead engine.
 */
export function watchersAmong(pids: readonly number[]): number[] {
  return pids.filter((pid) => isWatching(pid)).flatMap((pid) => [pid, parentOf(pid)]);
}

export function isRunning(pid: number): boolean {
  const state = /^\d+ \(.*\) (.)/s.exec(read(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== "Z";
}

function isWatching(pid: number): boolean {
  const engine = read(`/proc/${pid}/cmdline`).split("\0").filter(Boolean).at(-1) ?? "";
  const port = Number(engine.split(":").at(-1)).toString(16).toUpperCase().padStart(4, "0");
  const sockets = new Set(socketsOf(pid));
  return read(`/proc/${pid}/net/tcp`)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .some(
      ([, , remote, state, , , , , , inode]) => remote?.endsWith(`:${port}`) && state === "01" && sockets.has(inode),
    );
}

function socketsOf(pid: number): (string | undefined)[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${fd}`))?.[1]);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number {
  return Number(/^\d+ \(.*\) . (\d+)/s.exec(read(`/proc/${pid}/stat`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
