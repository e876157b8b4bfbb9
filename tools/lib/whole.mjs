import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Makes a folder that is whole or not there: made under another name, renamed last.
 * One at a time (`whileLocked`), so that what another left under such a name is a killed run's.
 * @param {string} target
 * @param {(folder: string) => Promise<void>} make
 * @param {string} [workshop] where it is made: on the same file system; default: beside
 */
export async function makeWhole(target, make, workshop = dirname(target)) {
  const prefix = `.making-${basename(target)}-`;
  mkdirSync(workshop, { recursive: true });
  for (const name of readdirSync(workshop)) {
    if (name.startsWith(prefix)) rmSync(join(workshop, name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(workshop, prefix));
  try {
    chmodSync(folder, 0o755);
    await make(folder);
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
