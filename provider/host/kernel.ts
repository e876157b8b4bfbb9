import { closeSync, existsSync, openSync } from "node:fs";
import { release } from "node:os";
import { hasSysAdmin } from "./capabilities.js";
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

/** Whether lvm2 can activate volumes here. */
export function hasDeviceMapper(): boolean {
  return faultOfDeviceMapper() === undefined;
}

/** All of device-mapper is asked for through this. */
const control = "/dev/mapper/control";

/**
 * Why lvm2 cannot activate volumes here, if so, and the remedy; reads after "device-mapper, ". A container sees what its
 * host's kernel has, and may not use it. Of a module that is not loaded yet only that is known: opening its device would
 * load it.
 */
export function faultOfDeviceMapper(): string | undefined {
  const isLoaded = existsSync("/sys/class/misc/device-mapper");
  if (!isLoaded && !kernelHas("dm-mod")) return "which this kernel lacks: load it (`modprobe dm-mod`)";
  const why = hasSysAdmin() ? (isLoaded ? faultOfOpening(control) : undefined) : "it lacks CAP_SYS_ADMIN";
  if (why === undefined) return undefined;
  return `which this kernel has, but this process cannot use (${why}): give its container CAP_SYS_ADMIN and ${control}`;
}

function faultOfOpening(path: string): string | undefined {
  try {
    closeSync(openSync(path, "r+"));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
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
