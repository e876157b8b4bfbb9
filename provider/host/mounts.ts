import { BlockboxError } from "../errors.js";
import { activity, deviceNumber } from "./blockDevice.js";
import { type CommandResult, run } from "./command.js";
import type { Lock } from "./lock.js";
import { type Mount, mountsAt } from "./mountInfo.js";
import { mountUsers } from "./users.js";

export { firstMissing, foldersBetween, makeDirectories, nearestExisting, removeDirectories } from "./directories.js";
export { type Mount, mountsAt, mountsOf } from "./mountInfo.js";

export interface MountWish {
  device: string;
  /** An existing folder: absolute, without symbolic links or `..`. */
  path: string;
  fsType: string;
  /** As `mount -o` takes them. */
  options: readonly string[];
  readOnly: boolean;
  lock: Lock;
}

/** Mount a device. Throws IN_USE where something is mounted at the path already, COMMAND_FAILED in mount's words. */
export async function mountDevice(wish: MountWish): Promise<void> {
  const there = mountsAt(wish.path).at(-1);
  if (there !== undefined) {
    throw new BlockboxError(
      "IN_USE",
      `${wish.device} cannot be mounted on ${wish.path}: ${there.source} is mounted there. Unmount it, or mount elsewhere.`,
    );
  }
  await mount(["-t", wish.fsType, "-o", optionText(wish)], wish);
  if (mountsAt(wish.path).at(-1)?.deviceNumber !== deviceNumber(wish.device)) {
    throw new BlockboxError("COMMAND_FAILED", `${wish.device} was mounted on ${wish.path}, but is not seen there.`);
  }
}

/**
 * Give what is mounted these options. Options of the mount (`noatime`, `nodev`, …) that are no longer among them go;
 * those of the file system (`commit=30`, …) stay until it is mounted anew, as Linux has no way to take them back.
 */
export async function remount(wish: MountWish): Promise<void> {
  // Linux keeps the old atime option unless another is named.
  const atime = wish.options.some((option) => /atime$/.test(option)) ? "" : ",relatime";
  await mount(["-o", `remount,${optionText(wish)}${atime}`], wish);
}

/** The device is always named, for with the path alone mount mixes in what /etc/fstab says. A journal's replay takes its time. */
function mount(args: readonly string[], { device, path, lock }: MountWish): Promise<CommandResult> {
  return run("mount", [...args, device, path], { lock, progress: () => activity(device) });
}

function optionText({ options, readOnly }: MountWish): string {
  return [readOnly ? "ro" : "rw", ...options].join(",");
}

/** Unmount the topmost mount at a path; nothing to do where there is none. Throws IN_USE with all that keeps it busy. */
export async function unmount(path: string, lock: Lock): Promise<void> {
  const before = mountsAt(path);
  const top = before.at(-1);
  if (top === undefined) return;
  try {
    await run("umount", [path], { lock, progress: () => activityOf(top) });
  } catch (error) {
    if (!BlockboxError.is(error) || !/busy/i.test(error.message)) throw error;
    const users = mountUsers(path).join("; ") || "something that cannot be seen from here";
    throw new BlockboxError(
      "IN_USE",
      `${path} cannot be unmounted, it is busy: ${users}. Let go of it, then run again.`,
      {
        cause: error,
      },
    );
  }
  if (mountsAt(path).length >= before.length) {
    throw new BlockboxError("COMMAND_FAILED", `${path} was unmounted, but ${top.source} is still seen there.`);
  }
}

function activityOf(mount: Mount): string {
  return mount.source.startsWith("/") ? activity(mount.source) : "";
}
