import { clearRange } from "../../host/clear.js";
import type { Lock } from "../../host/lock.js";
import { findLoopDevice } from "../../host/loop.js";
import { type ByteRange, refuseUsedExtents } from "./extents.js";
import { parseGroupTags } from "./groupTags.js";
import { holdingPhysicalVolume } from "./physicalVolume.js";
import type { Group } from "./report.js";

const mib = 1024 ** 2;

/** Makes extents that nobody uses read as zeros, as it suits the device or file. */
export async function clearExtents({ tags }: Group, range: ByteRange, lock: Lock): Promise<void> {
  const { sparse } = parseGroupTags(tags);
  await holdingPhysicalVolume(range, () =>
    clearRange(range.device, range.offsetBytes, range.lengthBytes, {
      sparse: sparse && isOnFile(range.device),
      lock,
    }),
  );
}

/**
 * Clears free extents before lvm gives them to a volume, so that it never shows what was there, not for a moment. Where
 * volumes keep their data when they are deleted, a device of ours loses only what says what a volume holds: its beginning
 * and end. Throws IN_USE where a loop device shows any of it.
 */
export async function clearNewExtents(group: Group, ranges: readonly ByteRange[], lock: Lock): Promise<void> {
  for (const range of ranges) refuseUsedExtents(range);
  const { adopted, volumeClear } = parseGroupTags(group.tags);
  for (const range of ranges) {
    // A device that was blank at its ends only, or from which pvmove took a volume, holds old data in between.
    const isWhole = adopted || volumeClear === "zero" || isOnFile(range.device);
    const parts = isWhole ? [range] : endsOf(range);
    for (const part of parts) await clearExtents(group, part, lock);
  }
}

/** The first 4 MiB and the last 1 MiB: see host/blank.ts. */
function endsOf(range: ByteRange): ByteRange[] {
  const { offsetBytes, lengthBytes } = range;
  if (lengthBytes <= 5 * mib) return [range];
  return [
    { ...range, lengthBytes: 4 * mib },
    { ...range, offsetBytes: offsetBytes + lengthBytes - mib, lengthBytes: mib },
  ];
}

export function isOnFile(device: string): boolean {
  return findLoopDevice(device) !== undefined;
}
