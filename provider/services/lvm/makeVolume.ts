import { randomUUID } from "node:crypto";
import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { awaitCreator } from "../claims.js";
import { newMark } from "../mark.js";
import type { Created, Identity, VolumeFacts, VolumeWish } from "../service.js";
import { activationOf } from "./activation/activation.js";
import { changeGroup } from "./change.js";
import { clearExtents } from "./clearExtents.js";
import { lvm } from "./command.js";
import { bytesOf, rangeOfVolume, refuseUsedExtents } from "./extents.js";
import { gibBytes } from "./geometry.js";
import { volumeId } from "./ids.js";
import { locateGroup } from "./locate.js";
import { isLeftVolume, unmarkWhenQuiet } from "./marking.js";
import { place, withoutRanges } from "./placement.js";
import { reservedRanges, stillPlanned } from "./plan.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { retagVolume, tagOptions } from "./retag.js";
import { creationTags, descriptiveFamilies, markTag, parseTags, tagChanges, volumeTags } from "./tags.js";
import { volumeFacts } from "./volumeFacts.js";

/** Makes a volume, or takes over the one that a killed create of the same identity left behind (rule 1). */
export function makeVolume(identity: Identity, volumeGroup: string, wish: VolumeWish): Promise<Created<VolumeFacts>> {
  const make = (lock: Lock) => takeOverOrMake(identity, volumeGroup, wish, lock);
  return awaitCreator(() => changeGroup(volumeGroup, `creating volume ${wish.name}`, make));
}

async function takeOverOrMake(
  identity: Identity,
  volumeGroup: string,
  wish: VolumeWish,
  lock: Lock,
): Promise<Created<VolumeFacts>> {
  const group = locateGroup(await readGroups({ lock }), volumeGroup);
  activationOf(group).require(group);
  const own = group.lvs.filter((lv) => isLeftVolume(group.name, lv, identity));
  const wantedBytes = wish.size * gibBytes;
  const adopted = own.find(
    (lv) => lv.sizeBytes === wantedBytes && lv.segments.length === 1 && !parseTags(lv.tags).deleting,
  );
  for (const lv of own) {
    if (lv !== adopted) await removeUnused(group, lv, lock);
  }
  const remaining = own.length === 0 || adopted ? group : locateGroup(await readGroups({ lock }), volumeGroup);
  const name = adopted
    ? await adopt(remaining, adopted, identity, wish, lock)
    : await allocate(remaining, identity, wish, lock);
  return clearNew(volumeGroup, name, lock);
}

async function removeUnused(group: Group, lv: LogicalVolume, lock: Lock): Promise<void> {
  refuseUsedExtents(rangeOfVolume(group, lv));
  await lvm(["lvremove", `${group.name}/${lv.name}`], { lock });
}

async function adopt(
  group: Group,
  lv: LogicalVolume,
  identity: Identity,
  wish: VolumeWish,
  lock: Lock,
): Promise<string> {
  const { add, remove } = tagChanges(lv.tags, volumeTags(wish), descriptiveFamilies);
  const change = { add: [markTag(newMark(identity)), ...add], remove: [...creationTags(lv.tags), ...remove] };
  await retagVolume(group, lv, change, lock);
  return lv.name;
}

async function allocate(group: Group, identity: Identity, wish: VolumeWish, lock: Lock): Promise<string> {
  const wanted = {
    extentSizeBytes: group.extentSizeBytes,
    sizeGib: wish.size,
    stillPlannedGib: stillPlanned(group.name, identity),
  };
  // A reservation is a hint of what others will need; a volume that fits only there goes there.
  const range =
    place({ ...wanted, free: withoutRanges(group.free, reservedRanges(group)) }) ??
    place({ ...wanted, free: group.free });
  if (range === undefined) {
    throw new BlockboxError(
      "NO_SPACE",
      `Volume group ${group.name} has no free piece of ${wish.size} GiB for volume ${wish.name}. Let the Backend's loopFile grow, or delete volumes.`,
    );
  }
  refuseUsedExtents(bytesOf(group, range));
  const name = `volume-${randomUUID()}`;
  const tags = tagOptions({ add: [...volumeTags(wish), markTag(newMark(identity))] });
  const where = `${range.pvDevice}:${range.startExtent}-${range.startExtent + range.extents - 1}`;
  const inert = ["--activate", "n", "--zero", "n", "--wipesignatures", "n"];
  await lvm(
    [
      "lvcreate",
      ...inert,
      "--alloc",
      "contiguous",
      "--extents",
      `${range.extents}`,
      "--name",
      name,
      ...tags,
      group.name,
      where,
    ],
    { lock },
  );
  return name;
}

/** A new logical volume shows what its extents held before: it is zeroed before anyone gets it, or taken away again. */
async function clearNew(volumeGroup: string, name: string, lock: Lock): Promise<Created<VolumeFacts>> {
  const group = locateGroup(await readGroups({ lock }), volumeGroup);
  const lv = group.lvs.find((one) => one.name === name);
  if (lv === undefined)
    throw new BlockboxError("COMMAND_FAILED", `lvm made volume ${volumeGroup}/${name}, but does not list it.`);
  const range = rangeOfVolume(group, lv);
  refuseUsedExtents(range);
  try {
    await clearExtents(group, range, lock);
  } catch (error) {
    await lvm(["lvremove", `${volumeGroup}/${name}`], { lock });
    throw error;
  }
  const { mark } = parseTags(lv.tags);
  if (mark) unmarkWhenQuiet(volumeGroup, name, markTag(mark));
  return {
    id: volumeId(volumeGroup, name),
    facts: volumeFacts(group, lv),
  };
}
