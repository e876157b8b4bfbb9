import { BlockboxError } from "../../../errors.js";
import type { Lock } from "../../../host/lock.js";
import { activate } from "../activation/deviceMapper.js";
import { lvm } from "../command.js";
import type { Group, LogicalVolume } from "../report.js";
import { hasPoolDevice } from "./device.js";
import type { PoolSize } from "./size.js";

/** Activates a pool that is not, as after a reboot. */
export async function bringPoolBack(group: Group, pool: LogicalVolume, lock: Lock): Promise<void> {
  if (!hasPoolDevice(group.name, group.uuid)) await activate(group, pool, lock);
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
  if (more > 0 || to.data > from.data) await proveSound(name, lock);
}

async function proveSound(name: string, lock: Lock): Promise<void> {
  const columns = ["--noheadings", "-o", "lv_health_status,lv_check_needed"];
  const { stdout } = await lvm(["lvs", ...columns, name], { lock, deviceMapper: true });
  const words = stdout.trim();
  // lvm says "unknown" of what is not active.
  if (words === "" || words === "unknown") return;
  throw new BlockboxError(
    "COMMAND_FAILED",
    `Thin pool ${name} has grown, but lvm says of it: ${words}. Take its volumes' Attachments away, repair it (\`lvchange -an ${name}\`, \`lvconvert --repair ${name}\`: see lvmthin(7)), then run again.`,
  );
}
