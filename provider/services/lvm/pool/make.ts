import type { Lock } from "../../../host/lock.js";
import { lvm } from "../command.js";
import type { Group } from "../report.js";
import { ownTag } from "../tags.js";
import { poolName } from "../thinPool.js";
import type { PoolSize } from "./size.js";

/** Makes the pool of a group, active from now on: only then is it known how full it is. */
export async function makePool(
  { name, extentSizeBytes }: Pick<Group, "name" | "extentSizeBytes">,
  { data, metadata }: PoolSize,
  lock: Lock,
): Promise<void> {
  const size = ["--extents", `${data}`, "--poolmetadatasize", `${metadata * extentSizeBytes}b`];
  const kind = ["--type", "thin-pool", "--zero", "y"];
  await lvm(["lvcreate", ...kind, ...size, "--name", poolName(name), "--addtag", ownTag, name], {
    lock,
    deviceMapper: true,
  });
}
