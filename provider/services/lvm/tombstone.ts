import { existsSync, writeFileSync } from "node:fs";
import { runFolder } from "../../host/runFolder.js";

/**
 * Proof that a group of ours was removed on purpose. Without it a delete that was killed between removing the last
 * trace and telling the engine could not be told from a file system that is not mounted. Kept until the next boot.
 */
export function isBuried(vgUuid: string): boolean {
  return existsSync(tombstone(vgUuid));
}

export function bury(vgUuid: string): void {
  writeFileSync(tombstone(vgUuid), "", { mode: 0o600 });
}

function tombstone(vgUuid: string): string {
  return `${runFolder()}/removed-${vgUuid}`;
}
