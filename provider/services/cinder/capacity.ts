import type { Pool } from "./api/services.js";

/**
 * GiB that Cinder's scheduler would still place in a pool (its capacity filter): infinite where the driver does not
 * tell, since the scheduler lets everything pass then.
 */
export function roomOf({ capabilities }: Pool): number {
  const total = numberOf(capabilities.total_capacity_gb);
  const free = numberOf(capabilities.free_capacity_gb);
  if (free === undefined) return Number.POSITIVE_INFINITY;
  const reserved = total === undefined ? 0 : Math.floor((total * (capabilities.reserved_percentage ?? 0)) / 100);
  const usable = Math.max(0, free - reserved);
  const ratio = numberOf(capabilities.max_over_subscription_ratio) ?? 1;
  const provisioned = numberOf(capabilities.provisioned_capacity_gb);
  if (
    !isTrue(capabilities.thin_provisioning_support) ||
    ratio < 1 ||
    total === undefined ||
    provisioned === undefined
  ) {
    return usable;
  }
  return Math.max(0, Math.min(total * ratio - provisioned, usable * ratio));
}

/** Whole GiB of a pool, where its driver tells. */
export function totalOf({ capabilities }: Pool): number | undefined {
  return wholeGib(capabilities.total_capacity_gb);
}

/** Whole GiB of an amount, where the driver tells it as a number. */
export function wholeGib(amount: number | string | null | undefined): number | undefined {
  const number = numberOf(amount);
  return number === undefined ? undefined : Math.floor(number);
}

/** Whether volumes take a pool's space only as they are written; nothing where its driver does not tell. */
export function isThin({ capabilities }: Pool): boolean | undefined {
  const thin = capabilities.thin_provisioning_support;
  return thin === undefined || thin === null ? undefined : isTrue(thin);
}

/** The pools that may serve a type. Other extra specs than the backend's name are for the scheduler alone to judge. */
export function poolsOf(pools: readonly Pool[], extraSpecs: Readonly<Record<string, string>>): Pool[] {
  const backend = extraSpecs.volume_backend_name;
  return pools.filter(({ capabilities }) => backend === undefined || capabilities.volume_backend_name === backend);
}

function numberOf(amount: number | string | null | undefined): number | undefined {
  const number = typeof amount === "string" ? Number.parseFloat(amount) : amount;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === "string" && /^(<is> )?true$/i.test(value));
}
