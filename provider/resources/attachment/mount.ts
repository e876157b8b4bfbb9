import { readdirSync, realpathSync, statSync } from "node:fs";
import type { Difference } from "../../declaration/compare.js";
import type { Failure } from "../../declaration/validate.js";
import { BlockboxError } from "../../errors.js";
import { type Content, contentOf } from "../../host/blank.js";
import { deviceNumber } from "../../host/blockDevice.js";
import { type FsType, format, toolsFor } from "../../host/fileSystem.js";
import { fillDevice, refuseFill } from "../../host/fillDevice.js";
import { hasFileSystem } from "../../host/kernel.js";
import type { Lock } from "../../host/lock.js";
import {
  firstMissing,
  foldersBetween,
  makeDirectories,
  mountDevice,
  mountsAt,
  mountsOf,
  nearestExisting,
  remount,
  removeDirectories,
  unmount,
} from "../../host/mounts.js";
import { missingTools } from "../../host/tools.js";
import { mountUsers } from "../../host/users.js";
import { mountedTwin } from "../../host/xfsTwin.js";
import type { AttachedVolume, NotedMount } from "../../services/service.js";
import { refusal } from "../resource.js";

/** A file system as an Attachment wants it mounted. */
export interface MountWish {
  readonly path: string;
  readonly fsType: FsType;
  readonly options: string[];
  readonly format: "ifBlank" | "never";
}

type Mode = "rw" | "ro";

/** What is needed of an attached volume, whatever the service. */
export type MountableVolume = Pick<AttachedVolume, "devicePath" | "lock" | "formatting" | "noted" | "setFormatting">;

/** What inputs alone have against a mount. */
export function formatProblems(wish: Pick<MountWish, "format"> | undefined, mode: Mode): Failure[] {
  if (mode !== "ro" || wish?.format !== "ifBlank") return [];
  const reason = 'must be "never" with mode "ro": nothing can be made on a device that is read only';
  return [{ property: "mount.format", reason }];
}

/** A mount that is about to be made, as it is noted. */
export function noteOf(path: string): NotedMount {
  return { path, madeDirectory: firstMissing(path) };
}

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
  if (!hasFileSystem(wish.fsType)) {
    const reason = `this kernel has no ${wish.fsType}: load it (\`modprobe ${wish.fsType}\`), or give another type`;
    missing.push({ property: "mount.fsType", reason });
  }
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
  if (existing === path && readdirSync(path).length > 0)
    return "is a directory that holds files, which the mount would hide: give an empty one, or one to be made";
  return undefined;
}

/** Throws what only the existing mount can say against a change of it or of its device's size. */
export function refuseMountChanges(
  olds: { readonly mount?: MountWish | undefined },
  news: { readonly mount?: MountWish | undefined; readonly mode: Mode },
  differences: readonly Difference[],
): void {
  if (olds.mount && news.mount && olds.mount.fsType !== news.mount.fsType) {
    const reason = `cannot change: the volume has an ${olds.mount.fsType} file system, and nothing is made over it. Make another volume for ${news.mount.fsType}, and copy`;
    throw refusal("mount.fsType", reason);
  }
  const moved = refuseMountChange(olds.mount, news.mount);
  if (moved !== undefined) throw refusal("mount.path", moved);
  const grows = differences.some(({ change }) => change === "grow");
  const stuck = grows ? refuseFileSystemGrowth(news.mount, news.mode) : undefined;
  if (stuck !== undefined) throw refusal("size", stuck);
}

/** Why the mount cannot be moved away, if so: a busy one stays where it is. */
function refuseMountChange(olds: MountWish | undefined, news: MountWish | undefined): string | undefined {
  if (olds === undefined || olds.path === news?.path || mountsAt(olds.path).length === 0) return undefined;
  const users = mountUsers(olds.path);
  return users.length === 0
    ? undefined
    : `cannot change: ${olds.path} is busy: ${users.join("; ")}. Let go of it, then run again`;
}

/** Why the file system cannot follow a growing device, if so. */
function refuseFileSystemGrowth(wish: MountWish | undefined, mode: Mode): string | undefined {
  const reason = wish && mode === "rw" ? refuseFill(wish.path, wish.fsType) : undefined;
  return reason && `cannot grow: ${reason}`;
}

/** Whether the device's file system is mounted there, and on top. */
export function isMounted(devicePath: string, path: string): boolean {
  const mount = mountsAt(path).at(-1);
  return mount !== undefined && mount.deviceNumber === deviceNumber(devicePath);
}

/** Makes a file system if it may and must, and mounts it. Returns the directories that it made; undone if it fails. */
export async function mountVolume(volume: MountableVolume, wish: MountWish, mode: Mode): Promise<string[]> {
  await ensureFileSystem(volume, wish);
  await refuseTwin(volume, wish);
  const made = makeDirectories(wish.path);
  // A killed create or update may have made them already.
  const earlier = notedDirectories(volume.noted, wish.path);
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
    await unmount(wish.path, volume.lock);
    removeDirectories(directories);
    throw error;
  }
  return directories;
}

/** Brings the mount from what state says to what is wanted: put back, grown, remounted with other options, or moved. */
export async function changeMount(
  volume: MountableVolume,
  olds: MountWish | undefined,
  news: MountWish | undefined,
  mode: Mode,
  directories: string[],
): Promise<string[]> {
  const { devicePath: device, lock, noted } = volume;
  const stays = olds !== undefined && olds.path === news?.path;
  // An update that was cut short may have mounted it elsewhere: that goes, unless it is wanted now.
  if (noted && noted.path !== news?.path && noted.path !== olds?.path) await unmountNoted(device, noted, lock);
  if (olds && !stays && isMounted(device, olds.path)) await unmount(olds.path, lock);
  if (!stays) removeDirectories(directories);
  if (news === undefined) return [];
  const kept = stays ? directories : notedDirectories(noted, news.path);
  if (!isMounted(device, news.path)) return [...new Set([...kept, ...(await mountVolume(volume, news, mode))])];
  if (olds?.options.join() !== news.options.join()) await remount(mountOf(volume, news, mode));
  await fill(volume, news, mode);
  return kept;
}

/** Unmounts what state lists or a note tells of, and nothing else; removes the directories that were made for it. */
export async function unmountVolume(
  devicePath: string | undefined,
  path: string | undefined,
  directories: readonly string[],
  noted: NotedMount | undefined,
  lock: Lock,
): Promise<void> {
  if (devicePath !== undefined) {
    const elsewhere = mountsOf(devicePath).filter((mount) => mount.path !== path && mount.path !== noted?.path);
    if (elsewhere.length > 0) {
      const paths = elsewhere.map((mount) => mount.path).join(", ");
      throw new BlockboxError(
        "IN_USE",
        `${devicePath} is also mounted on ${paths}, which is not ours to unmount. Unmount it, then run again.`,
      );
    }
    if (noted && noted.path !== path) await unmountNoted(devicePath, noted, lock);
    if (path !== undefined && isMounted(devicePath, path)) await unmount(path, lock);
  }
  removeDirectories(directories);
}

async function unmountNoted(devicePath: string, noted: NotedMount, lock: Lock): Promise<void> {
  if (isMounted(devicePath, noted.path)) await unmount(noted.path, lock);
  removeDirectories(notedDirectories(noted, noted.path));
}

/** The directories down to a path that were made for it, as far as a note tells. */
function notedDirectories(noted: NotedMount | undefined, path: string): string[] {
  return noted?.path === path && noted.madeDirectory !== undefined ? foldersBetween(noted.madeDirectory, path) : [];
}

function mountOf({ devicePath: device, lock }: MountableVolume, { path, fsType, options }: MountWish, mode: Mode) {
  return { device, path, fsType, options, readOnly: mode === "ro", lock };
}

/** A volume's file system: as found, or made on what is proven blank, or on what a killed mkfs of ours left behind. */
async function ensureFileSystem(volume: MountableVolume, wish: MountWish): Promise<void> {
  const { devicePath: device, lock, formatting } = volume;
  if (formatting && wish.format === "never") {
    throw refusal(
      "mount.format",
      'a file system was begun to be made on the volume, and "never" does not let it be finished',
    );
  }
  if (!formatting) {
    const content = await contentOf(device);
    const [problem] = contentProblems(wish, content);
    if (problem)
      throw refusal(problem.property, problem.reason, content.kind === "data" ? "NOT_BLANK" : "INPUT_REFUSED");
    if (content.kind === "data") return;
    await volume.setFormatting(true);
  }
  await format(device, wish.fsType, lock);
  await volume.setFormatting(false);
}

async function refuseTwin({ devicePath }: MountableVolume, { fsType, options }: MountWish): Promise<void> {
  if (fsType !== "xfs" || options.includes("nouuid")) return;
  const twin = await mountedTwin(devicePath);
  if (twin === undefined) return;
  const reason = `must have "nouuid": the volume's xfs has the UUID of the one that is mounted on ${twin.path}, as a copy has that of its origin`;
  throw refusal("mount.options", reason);
}

/** What a volume's content has against mounting it as wanted: told in the preview as soon as the content can be seen. */
export function contentProblems({ fsType, format: policy }: MountWish, content: Content): Failure[] {
  if (content.kind === "blank") {
    if (policy === "ifBlank") return [];
    return [
      {
        property: "mount.format",
        reason: `there is no file system on the volume to mount, and "never" lets none be made`,
      },
    ];
  }
  if (content.type === fsType) return [];
  const remedy = "Nothing is made over it: take another volume, or leave mount out and use the device as it is";
  return [{ property: "volume", reason: `cannot get an ${fsType} file system: it holds ${content.words}. ${remedy}` }];
}

/** A file system always fills its device. One that is read only stays as it is. */
async function fill(volume: MountableVolume, wish: MountWish, mode: Mode): Promise<void> {
  if (mode === "rw") await fillDevice(mountOf(volume, wish, mode));
}
