import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";

/** Whether this kernel has a module: loaded, built in, or to be loaded when it is first needed. `name` as in a file's name, with hyphens. */
export function kernelHas(name: string): boolean {
  const loaded = name.replaceAll("-", "_");
  if (existsSync(`/sys/module/${loaded}`)) return true;
  const folder = `/lib/modules/${release()}`;
  return ["modules.builtin", "modules.dep"].some((file) => readOrEmpty(`${folder}/${file}`).includes(`/${name}.ko`));
}

/** Whether lvm2 can activate volumes on this kernel. */
export function hasDeviceMapper(): boolean {
  return existsSync("/sys/class/misc/device-mapper") || kernelHas("dm-mod");
}

/** Whether this kernel can mount that type of file system; yes where its modules cannot be seen, as in a container. */
export function hasFileSystem(type: string): boolean {
  const isListed = readOrEmpty("/proc/filesystems")
    .split("\n")
    .some((line) => line.split("\t")[1] === type);
  return isListed || !existsSync(`/lib/modules/${release()}/modules.dep`) || kernelHas(type);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
