import { command, lvm } from "./system.js";

/** Makes a volume group that blockbox knows nothing of, on a sparse file. */
export async function foreignGroup(image: string, group: string, size = "64M"): Promise<string> {
  await command("truncate", "-s", size, image);
  const device = (await command("losetup", "--find", "--show", image)).trim();
  await lvm("pvcreate", "--yes", device);
  await lvm("vgcreate", "--yes", group, device);
  return device;
}
