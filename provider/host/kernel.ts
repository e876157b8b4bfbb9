import { existsSync } from "node:fs";
import { release } from "node:os";
import { textOf } from "./textOf.js";

/** Whether this kernel has a module: loaded, built in, or to be loaded when it is first needed. `name` as in a file's name, with hyphens. */
export function kernelHas(name: string): boolean {
  const loaded = name.replaceAll("-", "_");
  if (existsSync(`/sys/module/${loaded}`)) return true;
  modules ??= ["modules.builtin", "modules.dep"].map((file) => textOf(`/lib/modules/${release()}/${file}`)).join("\n");
  return modules.includes(`/${name}.ko`);
}

/** The lists of this kernel's modules: some hundred KiB that do not change while it runs, and are asked for often. */
let modules: string | undefined;

/** Whether lvm2 can activate volumes on this kernel. */
export function hasDeviceMapper(): boolean {
  return existsSync("/sys/class/misc/device-mapper") || kernelHas("dm-mod");
}

/** Whether it can have thin pools. */
export function hasThinPools(): boolean {
  return kernelHas("dm-thin-pool");
}

/** Whether files, and ranges of devices, can be shown as block devices. */
export function hasLoopDevices(): boolean {
  return existsSync("/dev/loop-control");
}

/** Whether the list of this kernel's modules is here; in a container it often is not. */
export function seesModules(): boolean {
  return existsSync(`/lib/modules/${release()}/modules.dep`);
}

/** Whether this kernel can mount that type of file system; yes where its modules cannot be seen, as in a container. */
export function hasFileSystem(type: string): boolean {
  const isListed = textOf("/proc/filesystems")
    .split("\n")
    .some((line) => line.split("\t")[1] === type);
  return isListed || !seesModules() || kernelHas(type);
}
