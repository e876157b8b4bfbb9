export const gibBytes = 1024 ** 3;

/** Of groups that we make. */
export const extentSizeBytes = 4 * 1024 ** 2;

/**
 * Where the first extent starts on a physical volume that we made. The room before it is lvm's metadata area, which
 * must hold the old and the new text at once: with 8 MiB, 4 KiB for each of 1,000 volumes, tags included.
 */
export const extentsStartBytes = 8 * 1024 ** 2;

/** lvm's label and header stand before the metadata area. */
const labelBytes = 4096;

/** Arguments of pvcreate that put the first extent at `extentsStartBytes`, on any device. */
export const pvcreateArguments = [
  "--dataalignment",
  "1m",
  "--metadatasize",
  `${extentsStartBytes - labelBytes}b`,
] as const;

/** How many extents a device or file of this size will have, once pvcreate has run on it with our arguments. */
export function usableExtents(sizeBytes: number): number {
  return Math.max(0, Math.floor((sizeBytes - extentsStartBytes) / extentSizeBytes));
}
