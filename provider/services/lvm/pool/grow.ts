import { BlockboxError } from "../../../errors.js";
import { findMappedDevice } from "../../../host/deviceMapper.js";
import type { Lock } from "../../../host/lock.js";
import { mappedUuid } from "../activation/activeVolumes.js";
import { activate, deactivate } from "../activation/deviceMapper.js";
import { lvm } from "../command.js";
import type { Group, LogicalVolume } from "../report.js";
import { hasPoolDevice } from "./device.js";
import type { PoolSize } from "./size.js";

/** Activates a pool that is not, as after a reboot. */
export async function bringPoolBack(group: Group, pool: LogicalVolume, lock: Lock): Promise<void> {
  if (!hasPoolDevice(group.name, group.uuid)) await activateChecked(group, pool, lock);
}

/** lvm has a pool checked whenever it activates it; but not everywhere is the pool told that it is sound, as lvm.conf advises. */
async function activateChecked(group: Group, pool: LogicalVolume, lock: Lock): Promise<void> {
  await activate(group, pool, lock, ['global/thin_check_options=["-q", "--clear-needs-check-flag"]']);
}

/** Lets an active pool grow, also one that ran full, which that heals. Throws COMMAND_FAILED where it is not sound afterwards. */
export async function growPool(
  group: Group,
  pool: LogicalVolume,
  { from, to }: { readonly from: PoolSize; readonly to: PoolSize },
  lock: Lock,
): Promise<void> {
  const options = { lock, deviceMapper: true };
  const name = `${group.name}/${pool.name}`;
  const more = (to.metadata - from.metadata) * group.extentSizeBytes;
  if (more > 0) await lvm(["lvextend", "--poolmetadatasize", `+${more}b`, name], options);
  if (to.data > from.data) await lvm(["lvextend", "--extents", `${to.data}`, name], options);
  // Once more where an earlier growth ended there.
  if (more <= 0 && to.data <= from.data && !pool.poolState?.readOnly) return;
  const fault = await faultOf(name, lock);
  // Data that ran full wait for room of their own.
  if (fault === undefined || (fault === "out_of_data" && to.data <= from.data)) return;
  await mend(group, pool, fault, lock);
}

/**
 * A pool whose metadata ran full wants to be checked before it takes writes again, which takes an activation anew: only
 * a pool that none of its volumes has in use can be.
 */
async function mend(group: Group, pool: LogicalVolume, fault: string, lock: Lock): Promise<void> {
  const name = `${group.name}/${pool.name}`;
  const inUse = group.lvs.filter((lv) => lv.pool === pool.name && findMappedDevice(mappedUuid(group, lv)));
  if (inUse.length > 0) {
    const names = inUse.map((lv) => `${group.name}/${lv.name}`).join(" ");
    throw new BlockboxError(
      "COMMAND_FAILED",
      `Thin pool ${name} is as large as wanted, but takes no writes before it has been checked (lvm says of it: ${fault}), for which its volumes must not be in use. Stop what uses them, unmount them, deactivate them (\`lvchange -an ${names}\`), then run \`pulumi up\` again: it has the pool checked, and brings the Attachments back.`,
    );
  }
  await deactivate(group, pool, lock);
  await activateChecked(group, pool, lock);
  const left = await faultOf(name, lock);
  if (left === undefined) return;
  throw new BlockboxError(
    "COMMAND_FAILED",
    `Thin pool ${name} takes no writes also after it was activated anew; lvm says of it: ${left}. Repair it (\`lvchange -an ${name}\`, \`lvconvert --repair ${name}\`: see lvmthin(7)), then run again.`,
  );
}

/** What lvm has against an active pool. */
async function faultOf(name: string, lock: Lock): Promise<string | undefined> {
  const columns = ["--noheadings", "-o", "lv_health_status,lv_check_needed"];
  const { stdout } = await lvm(["lvs", ...columns, name], { lock, deviceMapper: true });
  // lvm says "unknown" of what is not active.
  const words = stdout.trim().replace(/\s+/g, " ");
  return words === "" || words === "unknown" ? undefined : words;
}
