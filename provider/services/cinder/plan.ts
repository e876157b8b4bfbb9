import type { Problem } from "../service.js";
import type { QuotaUsage } from "./api/quotas.js";
import { poolsOf, roomOf } from "./capacity.js";
import type { Cinder } from "./cinder.js";

type Specs = Readonly<Record<string, string>>;

/** What this deployment still means to make or grow, by identity: set, never added, since a check may come twice. */
export interface Planned {
  readonly kind: "volume" | "growth" | "snapshot";
  /** GiB that it takes beyond what there is. */
  readonly gib: number;
  /** GiB that the volume has in the end; nothing for a snapshot. */
  readonly ofOneGib?: number;
  /** The pool that it grows in; any of the type's otherwise. */
  readonly pool?: string | undefined;
  /** Name of the volume type, where it is known. */
  readonly type: string | undefined;
  readonly specs: Specs;
}

const planned = new Map<Cinder, Map<string, Planned>>();

function plansOf(cinder: Cinder): Map<string, Planned> {
  const plans = planned.get(cinder) ?? new Map<string, Planned>();
  planned.set(cinder, plans);
  return plans;
}

/** It is made, or being made, so that Cinder itself counts it; or it will not come. */
export function settlePlanned(cinder: Cinder, identity: string): void {
  plansOf(cinder).delete(identity);
}

/**
 * Against making or growing something of `property`'s size, together with all that is planned so far: the project's
 * quota, and the room in the pools. What does not fit is not planned.
 */
export async function problemsOf(
  cinder: Cinder,
  identity: string,
  wanted: Planned,
  property: string,
): Promise<Problem[]> {
  const plans = plansOf(cinder);
  plans.set(identity, wanted);
  const all = [...plans.values()];
  const reason = (await quotaReason(cinder, wanted, all)) ?? (await roomReason(cinder, wanted, all));
  if (reason === undefined) return [];
  plans.delete(identity);
  return [{ property, reason }];
}

async function quotaReason(cinder: Cinder, wanted: Planned, all: readonly Planned[]): Promise<string | undefined> {
  const quotas = await cinder.quotas.get();
  const largest = quotas.per_volume_gigabytes?.limit ?? -1;
  if (largest >= 0 && (wanted.ofOneGib ?? 0) > largest)
    return `is more than the project's quota allows for one volume: per_volume_gigabytes is ${largest}`;
  const suffixes = ["", ...(wanted.type === undefined ? [] : [`_${wanted.type}`])];
  for (const suffix of suffixes) {
    const counted = all.filter(({ type }) => suffix === "" || type === wanted.type);
    const kinds = wanted.kind === "snapshot" ? "snapshots" : "volumes";
    const count = counted.filter(({ kind }) => kind === (wanted.kind === "snapshot" ? "snapshot" : "volume")).length;
    const gib = counted.reduce((sum, one) => sum + one.gib, 0);
    const reason =
      (wanted.kind === "growth" ? undefined : overQuota(quotas, kinds, suffix, count, "")) ??
      overQuota(quotas, "gigabytes", suffix, gib, " GiB");
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function overQuota(
  quotas: Readonly<Record<string, QuotaUsage | undefined>>,
  kind: "volumes" | "snapshots" | "gigabytes",
  suffix: string,
  planned: number,
  unit: string,
): string | undefined {
  const name = `${kind}${suffix}`;
  const quota = quotas[name];
  if (quota === undefined || quota.limit < 0) return undefined;
  const used = quota.in_use + quota.reserved;
  if (used + planned <= quota.limit) return undefined;
  const ofType = suffix === "" ? "" : ` --volume-type ${suffix.slice(1)}`;
  return `is over the project's quota: ${name} is limited to ${quota.limit}${unit}, ${used} are in use, and this program plans ${planned} more. Raise it (\`cinder quota-update --${kind} …${ofType} <project>\`), or ${kind === "gigabytes" ? "ask for less" : "plan fewer"}`;
}

/** Only where every pool of the type tells its room can it be said that none has enough. */
async function roomReason(cinder: Cinder, wanted: Planned, all: readonly Planned[]): Promise<string | undefined> {
  if (wanted.kind === "snapshot") return undefined;
  const known = await cinder.pools.get();
  const pools =
    wanted.pool === undefined ? poolsOf(known, wanted.specs) : known.filter(({ name }) => name === wanted.pool);
  // No pool reports: its service may be down for a moment, or come up in the same update.
  if (pools.length === 0) return undefined;
  const rooms = pools.map(roomOf);
  const largest = Math.max(...rooms);
  const sum = rooms.reduce((one, other) => one + other, 0);
  const backend = wanted.specs.volume_backend_name;
  const together = all.filter((one) => one.kind !== "snapshot" && one.specs.volume_backend_name === backend);
  const gib = together.reduce((total, one) => total + one.gib, 0);
  const where = backend === undefined ? "no pool of this Cinder" : `no pool of backend ${backend}`;
  if (wanted.gib > largest) return `does not fit: ${where} has more than ${Math.floor(largest)} GiB left`;
  if (gib <= sum) return undefined;
  return `does not fit: what this program plans (${gib} GiB together) is more than the ${Math.floor(sum)} GiB that the pools${backend === undefined ? "" : ` of backend ${backend}`} have left`;
}
