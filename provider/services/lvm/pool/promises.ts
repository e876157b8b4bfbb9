import { BlockboxError } from "../../../errors.js";
import { gibBytes } from "../geometry.js";
import { parseGroupTags } from "../groupTags.js";
import { partsOfSnapshot, volumeId } from "../ids.js";
import type { Group, LogicalVolume } from "../report.js";
import { poolOf } from "../thinPool.js";
import { leakOf } from "./leak.js";
import { metadataBytesOf, metadataPercentOf, refusedFromData, refusedFromMetadata } from "./limits.js";

/** A thin pool as a Backend of the program will have it. */
export interface PlannedPool {
  readonly dataBytes: number;
  readonly metadataBytes: number;
  readonly overSubscription: number;
}

/** What a thin pool has promised to its volumes, and how much more it may. */
export interface Promises {
  readonly dataGib: number;
  /** How many times its data it may promise. */
  readonly overSubscription: number;
  /** The sizes of all volumes in it together; Snapshots do not count. */
  readonly promisedGib: number;
  /** Why nothing new is made in it, if so. */
  readonly fault: string | undefined;
}

/** Of the pool that the group has, as it is or will be; nothing where it has none and none is planned. */
export function promisesOf(
  group: Pick<Group, "name" | "tags" | "lvs">,
  planned?: PlannedPool | undefined,
): Promises | undefined {
  const pool = poolOf(group);
  if (pool === undefined && planned === undefined) return undefined;
  const dataBytes = planned?.dataBytes ?? pool?.sizeBytes ?? 0;
  return {
    dataGib: dataBytes / gibBytes,
    overSubscription: planned?.overSubscription ?? parseGroupTags(group.tags).overSubscription,
    promisedGib: pool ? promised(group, pool) : 0,
    fault: pool && (leakOf(group, pool) ?? fullness(group, pool, planned)),
  };
}

/** How many more whole GiB it may promise. */
export function leftToPromise({ dataGib, overSubscription, promisedGib }: Promises): number {
  return Math.max(0, Math.floor(dataGib * overSubscription - promisedGib));
}

/** Throws NO_SPACE where the pool of the group is too full for anything new, or may not promise so many GiB more. */
export function requirePromise(group: Group, moreGib: number): void {
  const promises = promisesOf(group);
  if (promises === undefined) return;
  const left = leftToPromise(promises);
  const reason = promises.fault ?? (moreGib > left ? `may promise ${left} GiB more, not ${moreGib}` : undefined);
  if (reason === undefined) return;
  const remedy = promises.fault === undefined ? `. ${promiseRemedy}` : "";
  throw new BlockboxError("NO_SPACE", `Thin pool ${group.name}/${poolOf(group)?.name} ${reason}${remedy}.`);
}

export const promiseRemedy =
  "Let the Backend grow, give its lvm.thinPool a larger maxOverSubscriptionRatio, or delete volumes";

function promised({ name, lvs }: Pick<Group, "name" | "lvs">, pool: LogicalVolume): number {
  const volumes = lvs.filter(
    (lv) => lv.pool === pool.name && lv.kind === "thin" && partsOfSnapshot(volumeId(name, lv.name)) === undefined,
  );
  return volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / gibBytes;
}

/** A growth that is planned together lowers what counts. What is not active does not say how full it is. */
function fullness(
  group: Pick<Group, "lvs">,
  pool: LogicalVolume,
  planned: PlannedPool | undefined,
): string | undefined {
  const [dataPercent, metadataPercent] = [pool.fill?.dataPercent, metadataPercentOf(pool)];
  if (dataPercent === undefined || metadataPercent === undefined) return undefined;
  const data = (dataPercent * pool.sizeBytes) / Math.max(pool.sizeBytes, planned?.dataBytes ?? 0);
  if (data >= refusedFromData) return full(data, "data", refusedFromData, "lvm.loopFile or lvm.devices");
  const now = metadataBytesOf(group, pool);
  const then = Math.max(now, planned?.metadataBytes ?? 0);
  const metadata = then === now ? metadataPercent : (metadataPercent * now) / then;
  const limit = refusedFromMetadata(then);
  return metadata >= limit ? full(metadata, "metadata", limit, "lvm.thinPool.metadataSizeMib") : undefined;
}

function full(percent: number, what: string, limit: number, remedy: string): string {
  return `has used ${Math.floor(percent)} % of its ${what}, and from ${limit} % on nothing new is made in it. Let ${remedy} of the Backend grow, or delete snapshots or volumes`;
}
