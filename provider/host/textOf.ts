import { readFileSync } from "node:fs";

/** What a file says; empty where it cannot be read, as when a process of procfs has just ended. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
