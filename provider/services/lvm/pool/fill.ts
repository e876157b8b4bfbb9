import { notice } from "../../../host/notice.js";
import type { Group } from "../report.js";
import { poolOf } from "../thinPool.js";

/** From here on a pool is warned of, in percent. */
const warnedFrom = 80;

/** Says how full the pool of a group is, once that matters. */
export function warnOfFill(group: Group): void {
  const words = fillWords(group);
  if (words !== undefined) notice(`warning: ${words}`);
}

export function fillWords(group: Pick<Group, "name" | "lvs">): string | undefined {
  const pool = poolOf(group);
  if (pool?.fill === undefined) return undefined;
  const parts = [
    ["data", pool.fill.dataPercent, "let lvm.loopFile or lvm.devices grow"],
    ["metadata", pool.fill.metadataPercent, "let lvm.thinPool.metadataSizeMib grow"],
  ] as const;
  const full = parts.filter(([, percent]) => percent >= warnedFrom);
  if (full.length === 0) return undefined;
  const says = full.map(([what, percent]) => `${percent} % of its ${what}`).join(" and ");
  return `thin pool ${group.name}/${pool.name} has used ${says}; at 100 % writers get errors, and from 95 % nothing new is made in it. To help: ${full.map(([, , remedy]) => remedy).join("; ")}, or delete volumes or snapshots.`;
}
