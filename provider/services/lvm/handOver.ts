import { BlockboxError } from "../../errors.js";
import { hasDeviceMapper } from "../../host/kernel.js";
import { findTool } from "../../host/tools.js";
import type { HandedOver, Location } from "../service.js";
import { changeGroup, groupsUnder, recentGroups } from "./change.js";
import { changeUnused } from "./changeUnused.js";
import { lvm } from "./command.js";
import { type VolumeParts, volumeId } from "./ids.js";
import { locateVolume } from "./locate.js";
import { forgetMarks } from "./marking.js";
import { refusalToHandOver } from "./refuseHandOver.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { retagVolume } from "./retag.js";
import { clearAndRemoveSnapshot } from "./snapshots/removeSnapshot.js";
import { snapshotsOf } from "./snapshots/snapshotsOf.js";
import { parseTags, tagsOfOurs } from "./tags.js";

interface Found {
  readonly group: Group;
  readonly lv: LogicalVolume;
}

/** Why a volume of ours of that name cannot be handed over, if so. Nothing for what is not ours to hand over. */
export async function refuseHandOver(name: string, stack: string): Promise<string | undefined> {
  const found = await findHere(name);
  return found && refusalToHandOver(found.group, found.lv, stack);
}

/**
 * Lets go of a volume of ours, which another owner takes over by its name: our tags go, so that from now on nobody here
 * attaches, changes or deletes it, whatever becomes of this process. Nothing where no volume of ours has that name.
 */
export async function handOver(name: string, stack: string): Promise<HandedOver | undefined> {
  const here = await findHere(name);
  if (here === undefined) return undefined;
  const path = volumeId(here.group.name, name);
  return changeUnused({ volumeGroup: here.group.name, lv: name }, `handing over volume ${path}`, async (lock) => {
    const found = findOwn(await groupsUnder(lock), name);
    if (found === undefined) return undefined;
    const { group, lv } = found;
    const reason = refusalToHandOver(group, lv, stack);
    if (reason !== undefined)
      throw new BlockboxError("IN_USE", `Volume ${path} cannot be handed over to Cinder: it ${reason}.`);
    for (const snapshot of snapshotsOf(group, lv, stack).left) await clearAndRemoveSnapshot(group, snapshot, lock);
    await retagVolume(group, lv, { remove: tagsOfOurs(lv.tags) }, lock);
    forgetMarks(group.name, name);
    return { takeBack: () => takeBack(group, lv) };
  });
}

/** Makes a volume ours again as it was, by its UUID: who has let go of it may have given it another name. */
async function takeBack(
  { name: volumeGroup, uuid }: Group,
  { name, uuid: lvUuid, tags }: LogicalVolume,
): Promise<void> {
  await changeGroup(volumeGroup, `taking volume ${volumeId(volumeGroup, name)} back`, async (lock) => {
    const group = (await readGroups({ lock })).find((one) => one.uuid === uuid);
    const lv = group?.lvs.find((one) => one.uuid === lvUuid);
    if (group === undefined || lv === undefined) return;
    if (lv.name !== name) await lvm(["lvrename", group.name, lv.name, name], { lock, deviceMapper: hasDeviceMapper() });
    await retagVolume(group, { name }, { add: tagsOfOurs(tags) }, lock);
  });
}

/** Throws unless another owner has the volume by now, or it is proven gone. It is looked at anew: the other one's changes are not told us. */
export async function requireHandedOver(parts: VolumeParts, location: Location): Promise<void> {
  if (typeof locateVolume(await readGroups(), parts, location) === "string") return;
  throw new BlockboxError(
    "IN_USE",
    `Volume ${volumeId(parts.volumeGroup, parts.lv)} is not deleted: Cinder was to take it over, and has not done so yet. ` +
      "Let the replacement be made before it is deleted (no `deleteBeforeReplace`), then run again.",
  );
}

/** Only root can have volumes here, and only where lvm is: a Cinder's user needs neither. */
async function findHere(name: string): Promise<Found | undefined> {
  if (process.getuid?.() !== 0 || findTool("lvm") === undefined) return undefined;
  return findOwn(await recentGroups(), name);
}

function findOwn(groups: readonly Group[], name: string): Found | undefined {
  for (const group of groups) {
    const lv = group.lvs.find((one) => one.name === name && parseTags(one.tags).ours);
    if (lv) return { group, lv };
  }
  return undefined;
}
