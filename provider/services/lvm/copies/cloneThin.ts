import { lvm } from "../command.js";
import { gibBytes } from "../geometry.js";
import { type MakeVolume, newVolumeOptions } from "../newVolume.js";
import { requirePromise } from "../pool/promises.js";
import { requireSource } from "./source.js";

/** As a writable snapshot in the source's pool: nothing is copied, and it stays whole when the source goes. */
export const cloneThin: MakeVolume = async (group, identity, wish, lock) => {
  if (wish.source === undefined) throw new TypeError(`volume ${wish.name} is no copy`);
  const { lv, sizeBytes } = requireSource([group], group.name, wish.source);
  requirePromise(group, wish.size);
  const { name, options } = newVolumeOptions(identity, wish);
  const source = `${group.name}/${lv.name}`;
  await lvm(["lvcreate", "--snapshot", "--activate", "n", ...options, source], { lock, deviceMapper: true });
  if (wish.size * gibBytes > sizeBytes)
    await lvm(["lvextend", "--size", `${wish.size}g`, `${group.name}/${name}`], { lock, deviceMapper: true });
  return name;
};
