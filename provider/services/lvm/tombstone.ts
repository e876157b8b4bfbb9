import { existsSync, mkdirSync, writeFileSync } from "node:fs";

/**
 * Proof that a group of ours was removed on purpose. Without it a delete that was killed between removing the last
 * trace and telling the engine could not be told from a file system that is not mounted. Kept until the next boot.
 */
const folder = "/run/lock/blockbox";

export function isBuried(vgUuid: string): boolean {
  return existsSync(tombstone(vgUuid));
}

export function bury(vgUuid: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(tombstone(vgUuid), "", { mode: 0o600 });
}

function tombstone(vgUuid: string): string {
  return `${folder}/removed-${vgUuid}`;
}
