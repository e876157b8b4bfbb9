import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Failure } from "../declaration/validate.js";
import { BlockboxError } from "../errors.js";
import { proveBlank } from "../host/blank.js";
import { deviceNumber } from "../host/blockDevice.js";
import { type FsType, fileSystemOn, format, toolsFor } from "../host/fileSystem.js";
import { fillDevice, refuseFill } from "../host/fillDevice.js";
import type { Lock } from "../host/lock.js";
import {
  foldersBetween,
  makeDirectories,
  mountDevice,
  mountsAt,
  mountsOf,
  remount,
  removeDirectories,
  unmount,
} from "../host/mounts.js";
import { missingTools } from "../host/tools.js";
import { mountUsers } from "../host/users.js";
import type { AttachedVolume } from "../services/service.js";

/** A file system as an Attachment wants it mounted. */
export interface MountWish {
  readonly path: string;
  readonly fsType: FsType;
  readonly options: string[];
  readonly format: "ifBlank" | "never";
}

type Mode = "rw" | "ro";

/** Who of this deployment will mount at a path: two of one path are told before anything is done. */
const plannedPaths = new Map<string, string>();

/** Where Attachments of this deployment are mounted, by identity: a replacement is checked again as if there had been nothing. */
const earlierPaths = new Map<string, string>();

/**
 * What this host has against mounting there. `before` is what is mounted now; `left` the device that a killed create of
 * the same Attachment left, perhaps mounted there already.
 */
export function mountProblems(
  digest: string,
  wish: MountWish,
  before: MountWish | undefined,
  left: string | undefined,
): Failure[] {
  const missing = missingTools([...toolsFor(wish.fsType), "mount", "umount"]).map(({ tool, install }) => ({
    property: "mount.fsType",
    reason: `${wish.fsType} needs the program ${tool}, which this host lacks: \`${install}\``,
  }));
  if (before) earlierPaths.set(digest, before.path);
  const isOwn = earlierPaths.get(digest) === wish.path || (left !== undefined && isMounted(left, wish.path));
  const fault = isOwn ? undefined : pathFault(digest, wish.path);
  if (fault === undefined) plannedPaths.set(wish.path, digest);
  return [...missing, ...(fault === undefined ? [] : [{ property: "mount.path", reason: fault }])];
}

function pathFault(digest: string, path: string): string | undefined {
  const owner = plannedPaths.get(path);
  if (owner !== undefined && owner !== digest)
    return "is the mount point of another Attachment in this program: give each its own";
  const [there] = mountsAt(path);
  if (there) return `is in use: ${there.source} is mounted there. Unmount it, or give another path`;
  const existing = nearestExisting(path);
  if (!statSync(existing).isDirectory())
    return `${existing} is not a directory: give the path of one, or of one to be made`;
  const real = realpathSync(existing);
  if (real !== existing) return `goes through a symbolic link: give ${real}${path.slice(existing.length)}`;
  return undefined;
}

/** Why the mount cannot be moved away, if so: a busy one stays where it is. */
export function refuseMountChange(olds: MountWish | undefined, news: MountWish | undefined): string | undefined {
  if (olds === undefined || olds.path === news?.path || mountsAt(olds.path).length === 0) return undefined;
  const users = mountUsers(olds.path);
  return users.length === 0
    ? undefined
    : `cannot change: ${olds.path} is busy: ${users.join("; ")}. Let go of it, then run again`;
}

/** Why the file system cannot follow a growing device, if so. */
export function refuseFileSystemGrowth(wish: MountWish | undefined, mode: Mode): string | undefined {
  const reason = wish && mode === "rw" ? refuseFill(wish.path, wish.fsType) : undefined;
  return reason && `cannot grow: ${reason}`;
}

/** Whether the device's file system is mounted there, and on top. */
export function isMounted(devicePath: string, path: string): boolean {
  const mount = mountsAt(path).at(-1);
  return mount !== undefined && mount.deviceNumber === deviceNumber(devicePath);
}

/** Makes a file system if it may and must, and mounts it. Returns the directories that it made; undone if it fails. */
export async function mountVolume(volume: AttachedVolume, wish: MountWish, mode: Mode): Promise<string[]> {
  const { devicePath: device, lock } = volume;
  await ensureFileSystem(volume, wish);
  // A killed create may have made directories, and mounted, already.
  const earlier = volume.madeDirectory === undefined ? [] : foldersBetween(volume.madeDirectory, wish.path);
  if (isMounted(device, wish.path)) return earlier;
  const made = makeDirectories(wish.path);
  const directories = earlier.length > 0 ? earlier : made;
  try {
    await mountDevice(mountOf(volume, wish, mode));
  } catch (error) {
    removeDirectories(directories);
    throw error;
  }
  try {
    await fill(volume, wish, mode);
  } catch (error) {
    await unmount(wish.path, lock);
    removeDirectories(directories);
    throw error;
  }
  return directories;
}

/** Brings the mount from what state says to what is wanted: put back, grown, remounted with other options, or moved. */
export async function changeMount(
  volume: AttachedVolume,
  olds: MountWish | undefined,
  news: MountWish | undefined,
  mode: Mode,
  directories: string[],
): Promise<string[]> {
  const { devicePath: device, lock } = volume;
  const stays = olds !== undefined && olds.path === news?.path;
  if (olds && !stays) await unmountVolume(device, olds, directories, lock);
  if (news === undefined) return [];
  const kept = stays ? directories : [];
  if (!isMounted(device, news.path)) return [...kept, ...(await mountVolume(volume, news, mode))];
  if (olds && olds.options.join() !== news.options.join()) {
    await remount(mountOf(volume, news, mode));
  }
  await fill(volume, news, mode);
  return kept;
}

/** Unmounts what state lists, and nothing else; removes the directories that were made for it. */
export async function unmountVolume(
  devicePath: string | undefined,
  mount: MountWish | undefined,
  directories: readonly string[],
  lock: Lock,
): Promise<void> {
  if (mount && devicePath !== undefined) {
    const elsewhere = mountsOf(devicePath).filter(({ path }) => path !== mount.path);
    if (elsewhere.length > 0) {
      const paths = elsewhere.map(({ path }) => path).join(", ");
      throw new BlockboxError(
        "IN_USE",
        `${devicePath} is also mounted on ${paths}, which is not ours to unmount. Unmount it, then run again.`,
      );
    }
    if (isMounted(devicePath, mount.path)) await unmount(mount.path, lock);
  }
  removeDirectories(directories);
}

function mountOf({ devicePath: device, lock }: AttachedVolume, { path, fsType, options }: MountWish, mode: Mode) {
  return { device, path, fsType, options, readOnly: mode === "ro", lock };
}

/** A volume's file system: as found, or made on what is proven blank, or on what a killed mkfs of ours left behind. */
async function ensureFileSystem(volume: AttachedVolume, wish: MountWish): Promise<void> {
  const { devicePath: device, lock, formatting } = volume;
  const found = await fileSystemOn(device);
  if (found === wish.fsType && !formatting) return;
  if (!formatting) {
    const content = await proveBlank(device);
    if (content !== undefined) {
      throw new BlockboxError(
        "NOT_BLANK",
        `${device} cannot get an ${wish.fsType} file system: it holds ${content}. Nothing was written.`,
      );
    }
    if (wish.format === "never") {
      throw new BlockboxError(
        "INPUT_REFUSED",
        `property mount.format has a problem: there is no file system on the volume to mount, and "never" lets none be made`,
      );
    }
    await volume.setFormatting(true);
  }
  await format(device, wish.fsType, lock);
  await volume.setFormatting(false);
}

/** A file system always fills its device. One that is read only stays as it is. */
async function fill(volume: AttachedVolume, wish: MountWish, mode: Mode): Promise<void> {
  if (mode === "rw") await fillDevice(mountOf(volume, wish, mode));
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
