import type { Problem } from "../../service.js";
import type { Cinder } from "../cinder.js";
import type { VolumeWish } from "./wish.js";

/**
 * Cinder's LVM driver runs several commands for each volume of a pool to list it, which takes many seconds: the checks of
 * an update share one list. A create asks anew.
 */
export const checkedAgeMs = 60_000;

/** Against taking over what exists on a backend, as Cinder sees it now or saw it at most `maxAgeMs` before. */
export async function adoptProblems(
  cinder: Cinder,
  { serviceHost, sourceName }: NonNullable<VolumeWish["adopt"]>,
  size: number | undefined,
  maxAgeMs?: number,
): Promise<Problem[]> {
  const pools = await cinder.pools.get();
  if (!pools.some(({ name }) => name === serviceHost)) {
    const names = pools.map(({ name }) => name).join(", ") || "none just now";
    return [
      { property: "adopt.serviceHost", reason: `${serviceHost} is no pool that this Cinder knows: it has ${names}` },
    ];
  }
  const found = (await cinder.manageable(serviceHost).get(maxAgeMs)).find(
    ({ reference }) => reference["source-name"] === sourceName,
  );
  if (found === undefined)
    return [
      {
        property: "adopt.sourceName",
        reason: `there is no ${sourceName} in ${serviceHost}: see \`cinder manageable-list\``,
      },
    ];
  // Cinder counts in whole GiB, and rounds up.
  if (size !== undefined && size !== Math.ceil(found.size))
    return [
      {
        property: "size",
        reason: `is not that of ${sourceName}, which has ${Math.ceil(found.size)} GiB: give that, or leave size out. It can grow afterwards`,
      },
    ];
  if (found.safe_to_manage) return [];
  const why = found.reason_not_safe ?? "no reason given";
  return [{ property: "adopt.sourceName", reason: `${sourceName} cannot be taken over: ${why}. Let go of it first` }];
}
