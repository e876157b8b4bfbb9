import type { Group, LogicalVolume } from "../report.js";

/**
 * Why nothing may be made in a pool of somebody's, if so; reads after its name. It is not changed unasked: it becomes
 * slower by it, and others may have it in use.
 */
export function leakOf({ name }: Pick<Group, "name">, pool: LogicalVolume): string | undefined {
  if (pool.poolState?.zeroes !== false) return undefined;
  return `would show new volumes what deleted ones have left in it, since it does not zero what it gives out. Let it, which is possible while it is in use: \`lvchange --zero y ${name}/${pool.name}\``;
}
