import type { BackendWish, Problem, ThinPoolWish } from "../../service.js";
import { gibBytes } from "../geometry.js";
import type { Group } from "../report.js";
import { poolName, poolOf } from "../thinPool.js";

const mibBytes = 1024 ** 2;
const leastMetadataMib = 16;
const metadataMibPerGib = 2;
/** The share of what a group has for its pool that becomes the pool's data, if not said. */
const dataShare = 0.95;

/** In extents. As much as the metadata is kept free beside them, for their repair. */
export interface PoolSize {
  readonly data: number;
  readonly metadata: number;
}

/** What of a group its pool can have or has: all but other logical volumes, in extents. */
export function poolRoom(group: Pick<Group, "name" | "lvs"> & { readonly extentCount: number }): number {
  const others = group.lvs.filter(({ name, kind }) => !isPartOfPool(group.name, name, kind));
  return group.extentCount - others.reduce((sum, { segments }) => sum + extentsOf(segments), 0);
}

/** How large the pool of a group is; nothing where there is none. */
export function currentPoolSize(group: Group): PoolSize | undefined {
  const pool = poolOf(group);
  if (pool === undefined) return undefined;
  const part = (suffix: string) => group.lvs.find(({ name }) => name === `${pool.name}_${suffix}`)?.segments ?? [];
  return { data: extentsOf(part("tdata")), metadata: extentsOf(part("tmeta")) };
}

/** How large a pool is to be; it never shrinks. Or what is against that, by property. */
export function wantedPoolSize(
  { thinPool }: Pick<BackendWish, "thinPool">,
  group: { readonly room: number; readonly extentSizeBytes: number },
  current?: PoolSize,
): PoolSize | Problem {
  const { room, extentSizeBytes } = group;
  const given: Partial<ThinPoolWish> = typeof thinPool === "object" ? thinPool : {};
  const extents = (bytes: number) => Math.ceil(bytes / extentSizeBytes);
  const gib = (count: number) => (Math.floor((10 * count * extentSizeBytes) / gibBytes) / 10).toFixed(1);
  const mib = (count: number) => Math.floor((count * extentSizeBytes) / mibBytes);
  const fault = (name: string, reason: string): Problem => ({ property: `lvm.thinPool${name}`, reason });

  const asked = {
    data: extents((given.size ?? 0) * gibBytes),
    metadata: extents((given.metadataSizeMib ?? 0) * mibBytes),
  };
  if (given.size !== undefined && asked.data < (current?.data ?? 0))
    return fault(
      ".size",
      `is ${given.size} GiB, and the pool has ${gib(current?.data ?? 0)} GiB, which cannot shrink: ask for as much, or leave it out`,
    );
  if (given.metadataSizeMib !== undefined && asked.metadata < (current?.metadata ?? 0))
    return fault(
      ".metadataSizeMib",
      `is ${given.metadataSizeMib} MiB, and the pool has ${mib(current?.metadata ?? 0)} MiB, which cannot shrink: ask for as much, or leave it out`,
    );

  const share = Math.floor(room * dataShare);
  const usual = (data: number) =>
    extents(Math.max(leastMetadataMib, ((data * extentSizeBytes) / gibBytes) * metadataMibPerGib) * mibBytes);
  const metadata = Math.max(asked.metadata || usual(asked.data || share), current?.metadata ?? 0);
  const left = room - 2 * metadata;
  const data = Math.max(asked.data || Math.min(share, left), current?.data ?? 0);
  if (asked.metadata > 0 && left < Math.max(asked.data, current?.data ?? 1))
    return fault(
      ".metadataSizeMib",
      `asks for ${mib(2 * metadata)} MiB with what is kept for their repair, and the group has ${mib(room - Math.max(asked.data, current?.data ?? 1))} MiB for them: ask for less, or let the group grow`,
    );
  if (asked.data > 0 && data > left)
    return fault(
      ".size",
      `is ${given.size} GiB, and the group has ${gib(Math.max(0, left))} GiB for the pool's data, beside ${mib(2 * metadata)} MiB for its metadata: ask for less, or let the group grow`,
    );
  if (data * extentSizeBytes < gibBytes)
    return fault(
      "",
      `would have room for no volume: the group has ${gib(Math.max(0, room))} GiB for it. Let lvm.loopFile or lvm.devices be larger, or set it to false`,
    );
  // A pool that is larger already than its share is left as it is.
  return { data, metadata: data > left ? (current?.metadata ?? metadata) : metadata };
}

export function isPoolFault(answer: PoolSize | Problem): answer is Problem {
  return "property" in answer;
}

function isPartOfPool(volumeGroup: string, name: string, kind: string): boolean {
  const pool = poolName(volumeGroup);
  return (
    [pool, `${pool}_tdata`, `${pool}_tmeta`].includes(name) || (kind === "hidden" && /^lvol\d+_pmspare$/.test(name))
  );
}

function extentsOf(segments: readonly { readonly extents: number }[]): number {
  return segments.reduce((sum, { extents }) => sum + extents, 0);
}
