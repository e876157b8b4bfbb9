import { lstatSync, mkdirSync } from "node:fs";
import { BlockboxError } from "../errors.js";

const folder = "/run/lock/blockbox";

/**
 * The folder of what is only true until the next boot, made if need be: locks, plans, proofs of removal. /run/lock is
 * open to all users of a host: one that another user has prepared for us is refused (HOST_UNFIT).
 */
export function runFolder(): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0) return folder;
  throw new BlockboxError(
    "HOST_UNFIT",
    `Locks cannot be kept in ${folder}, because other users can change that folder. Remove it, then run again.`,
  );
}
