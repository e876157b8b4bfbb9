import type { Group, LogicalVolume } from "../report.js";

const mib = 1024 ** 2;

/** From here on nothing new is made in a pool, in percent of its data. */
export const refusedFromData = 95;

/** The same of its metadata: lvm itself makes nothing in a pool that has less of them free than this, or than a quarter. */
const leastFreeMetadataBytes = 4 * mib;
const leastFreeMetadataPercent = 25;

export function refusedFromMetadata(metadataBytes: number): number {
  const free = Math.min(leastFreeMetadataPercent, (100 * leastFreeMetadataBytes) / metadataBytes);
  return Math.min(refusedFromData, Math.floor(100 - free));
}

/** From here on a pool is warned of, in percent; never later than nothing new is made in it. */
export function warnedFrom(refusedFrom: number): number {
  return Math.min(80, refusedFrom);
}

export function metadataBytesOf({ lvs }: Pick<Group, "lvs">, pool: Pick<LogicalVolume, "name">): number {
  return lvs.find(({ name }) => name === `${pool.name}_tmeta`)?.sizeBytes ?? 0;
}

/** What ran full may have been set back to a little less than that, and takes no writes any more. */
export function metadataPercentOf({ fill, poolState }: LogicalVolume): number | undefined {
  return poolState?.readOnly ? 100 : fill?.metadataPercent;
}
