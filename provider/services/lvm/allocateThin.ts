import { lvm } from "./command.js";
import { type MakeVolume, newVolumeOptions } from "./newVolume.js";
import { poolName } from "./thinPool.js";

/** In the group's pool, which hands out zeroed chunks: nothing is to be cleared. */
export const allocateThin: MakeVolume = async (group, identity, wish, lock) => {
  const { name, options } = newVolumeOptions(identity, wish);
  const place = ["--virtualsize", `${wish.size}g`, "--thinpool", `${group.name}/${poolName(group.name)}`];
  const inert = ["--activate", "n", "--setactivationskip", "n", "--setautoactivation", "n"];
  await lvm(["lvcreate", ...place, ...inert, ...options], { lock, deviceMapper: true });
  return name;
};
