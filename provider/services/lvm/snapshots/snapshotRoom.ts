import type { Group, LogicalVolume } from "../report.js";

/** lvm's default: what a snapshot keeps of its volume at once, in bytes. */
const chunkBytes = 4096;
/** What the kernel notes of each chunk that a snapshot keeps, in bytes. */
const noteBytes = 16;
/** A header and the ends of both areas. */
const otherChunks = 3;

/** The extents that a thick snapshot takes: room for all of its volume, and for the kernel's notes on it. As lvm's 100%ORIGIN. */
export function snapshotExtents(
  { extentSizeBytes }: Pick<Group, "extentSizeBytes">,
  { sizeBytes }: Pick<LogicalVolume, "sizeBytes">,
): number {
  const chunks = Math.ceil(sizeBytes / chunkBytes);
  const notes = Math.ceil((chunks * noteBytes) / chunkBytes);
  return Math.ceil(((chunks + notes + otherChunks) * chunkBytes) / extentSizeBytes);
}
