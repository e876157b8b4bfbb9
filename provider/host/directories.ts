import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Make a folder and those above it. Returns the ones that were not there, outermost first. */
export function makeDirectories(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
  const made = makeDirectories(dirname(path));
  mkdirSync(path);
  return [...made, path];
}

/** Remove folders that `makeDirectories` made, as far as they are empty by now. */
export function removeDirectories(made: readonly string[]): void {
  for (const path of made.toReversed()) {
    try {
      rmdirSync(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      // What holds something, or was moved or removed since, is no longer ours to remove.
      if (!["ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY", "ENOTDIR"].includes(code)) throw error;
    }
  }
}

/** The outermost folder that `makeDirectories` would make; undefined: it would make none. */
export function firstMissing(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return firstMissing(dirname(path)) ?? path;
}

/** The folders from `outermost` down to `path`; none if `path` is not there or below it. */
export function foldersBetween(outermost: string, path: string): string[] {
  if (path === outermost) return [path];
  return path.startsWith(`${outermost}/`) ? [...foldersBetween(outermost, dirname(path)), path] : [];
}

/** The path itself, or the nearest above it that is there. */
export function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
