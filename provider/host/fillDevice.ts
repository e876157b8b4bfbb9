import { type FsType, fillsDevice, grow, growUnmounted, mayGrowMounted } from "./fileSystem.js";
import { type MountWish, mountDevice, mountsAt, unmount } from "./mounts.js";
import { notice } from "./notice.js";
import { mountUsers } from "./users.js";

/** A file system that is mounted read-write, as it was or is to be mounted. */
export type MountedFileSystem = MountWish & { readonly fsType: FsType };

/**
 * Lets a mounted file system grow to fill its device: under its users where this process may do so, else by taking it
 * out of use for a moment. Throws IN_USE where that is not possible either.
 */
export async function fillDevice(mounted: MountedFileSystem): Promise<void> {
  const { path, fsType, lock } = mounted;
  if (await fillsDevice(mounted, fsType)) return;
  if (mayGrowMounted(fsType)) return grow(mounted, fsType, lock);
  notice(`unmounting ${path} for a moment: without CAP_SYS_RESOURCE, its ${fsType} cannot grow while it is mounted`);
  await unmount(path, lock);
  try {
    await growUnmounted(mounted, fsType, lock);
  } finally {
    await mountDevice(mounted);
  }
}

/** Why the file system mounted there cannot grow just now, if so; reads after "cannot grow: ". */
export function refuseFill(path: string, fsType: FsType): string | undefined {
  if (mayGrowMounted(fsType) || mountsAt(path).length === 0) return undefined;
  const users = mountUsers(path);
  if (users.length === 0) return undefined;
  return `without the capability CAP_SYS_RESOURCE, ${fsType} only grows unmounted, and ${path} is busy: ${users.join("; ")}. Let go of it, or run with that capability`;
}
