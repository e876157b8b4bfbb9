import type { Lock } from "../../../host/lock.js";
import { deactivate } from "../activation/deviceMapper.js";
import { clearExtents } from "../clearExtents.js";
import { lvm } from "../command.js";
import { rangesOfVolume } from "../extents.js";
import { parseGroupTags } from "../groupTags.js";
import type { Group, LogicalVolume } from "../report.js";
import { parseTags } from "../tags.js";
import { hasPoolDevice } from "./device.js";

/** Why a pool cannot be removed, if so; reads after "has a problem: ". */
export function refusalToRemovePool({ name, lvs }: Group, pool: LogicalVolume): string | undefined {
  if (!parseTags(pool.tags).ours)
    return `cannot be false: the thin pool ${name}/${pool.name} was made by somebody else. Leave it out`;
  const inIt = lvs.filter((lv) => lv.pool === pool.name);
  if (inIt.length === 0) return undefined;
  const names = inIt.map(({ name: lv, tags }) => `${lv} (${parseTags(tags).name ?? "not ours"})`);
  return `cannot be taken away while the thin pool ${name}/${pool.name} has volumes: ${names.join(", ")}. Remove these first`;
}

/** Removes a pool that has no volumes. What these have left in it is cleared, unless the group keeps what is deleted. */
export async function removePool(group: Group, pool: LogicalVolume, lock: Lock): Promise<void> {
  const isActive = hasPoolDevice(group.name, group.uuid);
  if (isActive) await deactivate(group, pool, lock);
  const data = group.lvs.find(({ name }) => name === `${pool.name}_tdata`);
  if (data && parseGroupTags(group.tags).volumeClear === "zero")
    for (const range of rangesOfVolume(group, data)) await clearExtents(group, range, lock);
  await lvm(["lvremove", `${group.name}/${pool.name}`], { lock, deviceMapper: isActive });
}
