import { realpathSync } from "node:fs";
import { BlockboxError } from "../../../errors.js";
import type { Lock } from "../../../host/lock.js";
import { lvm } from "../command.js";
import { pvcreateArguments } from "../geometry.js";
import type { Group } from "../report.js";
import { tagOptions } from "../retag.js";
import { tagChanges } from "../tags.js";
import { faultOfDevice, isHalfMade } from "./fault.js";
import type { MatchedDevices } from "./match.js";
import { newPvUuid, type PvOwner } from "./ownUuid.js";
import { pathFamilies, pathTags } from "./pathTags.js";

/** Makes a device that is proven blank a physical volume of no group yet. What a killed run had made is used as it is. */
export async function makePhysicalVolume(
  path: string,
  owner: PvOwner,
  groups: readonly Group[],
  lock: Lock,
): Promise<void> {
  const fault = await faultOfDevice(path, [owner], groups);
  if (fault) throw new BlockboxError(fault.code, `Device ${fault.reason}.`);
  if (await isHalfMade(path, [owner])) return;
  await lvm(["pvcreate", "--uuid", newPvUuid(owner), "--norestorefile", ...pvcreateArguments, inDev(path)], { lock });
}

/** Makes the devices physical volumes of the group, all at once. */
export async function extendGroup(
  { name }: Pick<Group, "name">,
  paths: readonly string[],
  owner: PvOwner,
  groups: readonly Group[],
  lock: Lock,
): Promise<void> {
  for (const path of paths) await makePhysicalVolume(path, owner, groups, lock);
  if (paths.length > 0) await lvm(["vgextend", name, ...paths.map(inDev)], { lock });
}

/** Writes on each physical volume by which path it was given: to be named by, should its device be missing. */
export async function noteDevices({ present }: MatchedDevices, lock: Lock): Promise<void> {
  for (const [path, { device, tags }] of present) {
    const change = tagOptions(tagChanges(tags, pathTags(path), pathFamilies));
    if (change.length > 0) await lvm(["pvchange", ...change, device], { lock });
  }
}

/** lvm knows no links but those in /dev. */
export function inDev(path: string): string {
  return realpathSync(path);
}
