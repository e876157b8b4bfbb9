import { notice } from "../../../host/notice.js";
import type { Group } from "../report.js";
import { poolOf } from "../thinPool.js";
import { metadataBytesOf, metadataPercentOf, refusedFromData, refusedFromMetadata, warnedFrom } from "./limits.js";

/** Says how full the pool of a group is, once that matters. */
export function warnOfFill(group: Group): void {
  const words = fillWords(group);
  if (words !== undefined) notice(`warning: ${words}`);
}

export function fillWords(group: Pick<Group, "name" | "lvs">): string | undefined {
  const pool = poolOf(group);
  if (pool?.fill === undefined) return undefined;
  const metadataLimit = refusedFromMetadata(metadataBytesOf(group, pool));
  const parts = [
    ["data", pool.fill.dataPercent, refusedFromData, "let lvm.loopFile or lvm.devices grow"],
    ["metadata", metadataPercentOf(pool) ?? 0, metadataLimit, "let lvm.thinPool.metadataSizeMib grow"],
  ] as const;
  const full = parts.filter(([, percent, limit]) => percent >= warnedFrom(limit));
  if (full.length === 0) return undefined;
  const says = full.map(([what, percent]) => `${percent} % of its ${what}`).join(" and ");
  const limits = [...new Set(full.map(([, , limit]) => `${limit} %`))].join(" and ");
  return `thin pool ${group.name}/${pool.name} has used ${says}; at 100 % writers get errors, and from ${limits} nothing new is made in it. To help: ${full.map(([, , , remedy]) => remedy).join("; ")}, or delete volumes or snapshots.`;
}
