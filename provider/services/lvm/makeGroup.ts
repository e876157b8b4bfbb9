import { dirname } from "node:path";
import { BlockboxError } from "../../errors.js";
import { hasDeviceMapper } from "../../host/kernel.js";
import type { Lock } from "../../host/lock.js";
import { findLoopDevice } from "../../host/loop.js";
import { foldersBetween, makeDirectories, removeDirectories } from "../../host/mounts.js";
import { notice } from "../../host/notice.js";
import { awaitCreator } from "../claims.js";
import { newMark } from "../mark.js";
import type { BackendFacts, BackendWish, Identity, LoopFile } from "../service.js";
import { wantsPool, wayOf } from "./activation/choose.js";
import { deactivate } from "./activation/deviceMapper.js";
import { changeGroup } from "./change.js";
import { lvm } from "./command.js";
import { inDev, makePhysicalVolume, noteDevices } from "./devices/join.js";
import { unmakeOwn, unmakePhysicalVolume } from "./devices/leave.js";
import { isSameDevice, matchDevices, uuidsByPath } from "./devices/match.js";
import { isPvUuidOf, ownerByIdentity } from "./devices/ownUuid.js";
import { extentSizeBytes, pvcreateArguments } from "./geometry.js";
import { groupFacts } from "./groupFacts.js";
import { groupTags } from "./groupTags.js";
import { locateGroup } from "./locate.js";
import {
  discardFile,
  makeLoopFile,
  ownerOf,
  publishLoopFile,
  refuseExisting,
  unpublishLoopFile,
  workingPath,
} from "./loopFile.js";
import { isLeftGroup, unmarkWhenQuiet } from "./marking.js";
import { hasPoolDevice } from "./pool/device.js";
import { makePool } from "./pool/make.js";
import { type Group, type LogicalVolume, type PhysicalVolume, readGroups, readHost } from "./report.js";
import { ratioOf, requirePoolSize } from "./reshapeGroup.js";
import { tagOptions } from "./retag.js";
import { creationTags, directoryTags, markTag, parseTags } from "./tags.js";
import { poolName } from "./thinPool.js";

/**
 * Makes a volume group on blank devices, on a new file behind a loop device, or on both, and its pool. The file gets
 * its name last. What a killed create of the same identity left is thrown away first: a group that no state knows of.
 */
export async function makeGroup(identity: Identity, wish: BackendWish): Promise<BackendFacts> {
  const make = async (lock: Lock) => {
    const { groups, orphans } = await readHost({ lock });
    const left = groups.find(({ name }) => name === wish.volumeGroup);
    if (left) await discardGroup(left, identity, lock);
    const isWanted = ({ device }: PhysicalVolume) => wish.devices.some((path) => isSameDevice(path, device));
    const begun = orphans.filter(({ uuid }) => isPvUuidOf(uuid, [ownerByIdentity(identity)]));
    // What is wanted still is used as it is.
    for (const pv of begun) if (!isWanted(pv)) await unmakePhysicalVolume(pv, lock);
    if (wish.loopFile) refuseExisting(wish.loopFile.path);
    const directories = wish.loopFile ? makeDirectories(dirname(wish.loopFile.path)) : [];
    try {
      await build(identity, wish, directories[0], lock);
    } catch (error) {
      await undo(identity, wish, directories, lock).catch((second) => notice(`left for the next create: ${second}`));
      throw error;
    }
    const group = locateGroup(await readGroups({ lock }), wish.volumeGroup);
    for (const tag of creationTags(group.tags)) unmarkWhenQuiet(group.name, "", tag);
    return groupFacts(group, { directories, physicalVolumes: uuidsByPath(matchDevices(group, wish.devices, {})) });
  };
  return awaitCreator(() => changeGroup(wish.volumeGroup, `creating volume group ${wish.volumeGroup}`, make));
}

async function build(identity: Identity, wish: BackendWish, outermost: string | undefined, lock: Lock): Promise<void> {
  const { volumeGroup, devices, loopFile } = wish;
  // All devices are looked at before the first is touched.
  const groups = await readGroups({ lock });
  for (const path of devices) await makePhysicalVolume(path, ownerByIdentity(identity), groups, lock);
  const file = loopFile ? [await makeFileVolume(loopFile, identity, lock)] : [];
  await makeEmptyGroup(identity, wish, outermost, [...devices.map(inDev), ...file], lock);
  if (loopFile) publishLoopFile(loopFile.path, ownerOf(identity.digest));
  const group = locateGroup(await readGroups({ lock }), volumeGroup);
  await noteDevices(matchDevices(group, devices, {}), lock);
  if (wantsPool(wish, wayOf(wish))) await makePool(group, requirePoolSize(group, wish), lock);
}

/** A physical volume on a new file; returns its loop device. */
async function makeFileVolume(loopFile: LoopFile, identity: Identity, lock: Lock): Promise<string> {
  const { path } = await makeLoopFile(loopFile, ownerOf(identity.digest), lock);
  await lvm(["pvcreate", ...pvcreateArguments, path], { lock });
  return path;
}

async function makeEmptyGroup(
  identity: Identity,
  wish: BackendWish,
  outermost: string | undefined,
  devices: readonly string[],
  lock: Lock,
): Promise<void> {
  const tags = groupTags({
    ...{ name: wish.name, volumeClear: wish.volumeClear, sparse: wish.loopFile?.sparse ?? false },
    ...{ activation: wayOf(wish), adopted: false, made: true, overSubscription: ratioOf(wish) ?? 1 },
  });
  const all = tagOptions({ add: [...tags, markTag(newMark(identity)), ...directoryTags(outermost)] });
  const options = ["--setautoactivation", "n", "--physicalextentsize", `${extentSizeBytes}b`];
  await lvm(["vgcreate", ...options, ...all, wish.volumeGroup, ...devices], { lock });
}

/** After a failed create: nothing stays behind. */
async function undo(
  identity: Identity,
  { volumeGroup, devices, loopFile }: BackendWish,
  directories: readonly string[],
  lock: Lock,
): Promise<void> {
  const left = (await readGroups({ lock })).find(({ name }) => name === volumeGroup);
  if (left && isLeftGroup(left, identity)) await discardGroup(left, identity, lock);
  await unmakeOwn(devices, ownerByIdentity(identity), lock);
  if (loopFile) await discardFile(workingPath(loopFile.path, ownerOf(identity.digest), "new"), lock);
  removeDirectories(directories);
}

/** Throws NOT_OURS where it is not left by a killed create of this identity, or where somebody has put something into it since. */
async function discardGroup(left: Group, identity: Identity, lock: Lock): Promise<void> {
  if (!isLeftGroup(left, identity) || !left.lvs.every((lv) => isPartOfPool(left, lv))) throw groupExists(left.name);
  const owner = ownerByIdentity(identity);
  // Under its working name the file is known for ours even if this is cut short too.
  const working = left.pvs.flatMap(({ device, uuid }) => {
    const file = isPvUuidOf(uuid, [owner]) ? undefined : findLoopDevice(device)?.backing;
    return file === undefined ? [] : [unpublishLoopFile(file, ownerOf(identity.digest))];
  });
  await removePoolParts(left, lock);
  await lvm(["vgremove", left.name], { lock });
  const { madeDirectory } = parseTags(left.tags);
  for (const file of working) {
    await discardFile(file, lock);
    if (madeDirectory !== undefined) removeDirectories(foldersBetween(madeDirectory, dirname(file)));
  }
  await unmakeOwn(
    left.pvs.filter(({ uuid }) => isPvUuidOf(uuid, [owner])).map(({ device }) => device),
    owner,
    lock,
  );
}

/** A create that is killed while it makes the pool leaves it whole, or parts of it under names of lvm's own. */
async function removePoolParts(group: Group, lock: Lock): Promise<void> {
  const hasDevice = hasPoolDevice(group.name, group.uuid);
  for (const lv of group.lvs.filter(({ kind }) => kind !== "hidden")) {
    if (hasDevice) await deactivate(group, lv, lock);
    // With device-mapper lvm sees for itself whether somebody uses it.
    await lvm(["lvremove", `${group.name}/${lv.name}`], { lock, deviceMapper: hasDeviceMapper() });
  }
}

/** `lvol<n>` is how lvm names what is given no name: its own parts of a pool, which are small, but somebody's volume too. */
function isPartOfPool(group: Group, { name, sizeBytes }: LogicalVolume): boolean {
  const pool = poolName(group.name);
  if (name === pool || name.startsWith(`${pool}_`)) return true;
  const small = Math.max(16 * 1024 ** 2, (group.extentCount * group.extentSizeBytes) / 100);
  return /^lvol\d+(_pmspare)?$/.test(name) && sizeBytes <= small;
}

function groupExists(volumeGroup: string): BlockboxError {
  return new BlockboxError(
    "NOT_OURS",
    `Volume group ${volumeGroup} exists on this host already and is left alone. Give lvm.volumeGroup another name.`,
  );
}
