import { lvm } from "./command.js";
import { parseGroupTags } from "./groupTags.js";
import { type MakeVolume, newVolumeOptions } from "./newVolume.js";
import { requirePromise } from "./pool/promises.js";
import { poolName } from "./thinPool.js";

/** In the group's pool, which hands out zeroed chunks: nothing is to be cleared. */
export const allocateThin: MakeVolume = async (group, identity, wish, lock) => {
  requirePromise(group, wish.size);
  const { name, options } = newVolumeOptions(identity, wish);
  const place = ["--virtualsize", `${wish.size}g`, "--thinpool", `${group.name}/${poolName(group.name)}`];
  const inert = ["--activate", "n", "--setactivationskip", "n"];
  await lvm(["lvcreate", ...place, ...inert, ...options], { lock, deviceMapper: true });
  // Ours are never activated by themselves; of a group that somebody else made each volume has to say so.
  if (parseGroupTags(group.tags).adopted)
    await lvm(["lvchange", "--setautoactivation", "n", `${group.name}/${name}`], { lock });
  return name;
};
