import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { awaitCreator } from "../claims.js";
import type { Created, Identity, VolumeFacts, VolumeWish } from "../service.js";
import { activationOf } from "./activation/activation.js";
import { adoptLeft, findAdoptable } from "./adoptLeft.js";
import { allocateThick } from "./allocateThick.js";
import { allocateThin } from "./allocateThin.js";
import { changeGroup } from "./change.js";
import { copySource } from "./copySource.js";
import { volumeId } from "./ids.js";
import { locateGroup } from "./locate.js";
import { isLeftVolume, unmarkWhenQuiet } from "./marking.js";
import type { MakeVolume } from "./newVolume.js";
import { clearAndRemove } from "./removeVolume.js";
import { type Group, readGroups } from "./report.js";
import { markTag, parseTags } from "./tags.js";
import { poolOf } from "./thinPool.js";
import { volumeFacts } from "./volumeFacts.js";

/** Makes a volume, or takes over the one that a killed create of the same identity left behind (rule 1). */
export function makeVolume(identity: Identity, volumeGroup: string, wish: VolumeWish): Promise<Created<VolumeFacts>> {
  const make = async (lock: Lock) => {
    const group = locateGroup(await readGroups({ lock }), volumeGroup);
    activationOf(group).require(group);
    return made(volumeGroup, await takeOverOrMake(group, identity, wish, lock), lock);
  };
  return awaitCreator(() => changeGroup(volumeGroup, `creating volume ${wish.name}`, make));
}

/** How a volume like this is made in that group. */
function makerOf(group: Group, { source }: VolumeWish): MakeVolume {
  if (source !== undefined) return copySource;
  return poolOf(group) === undefined ? allocateThick : allocateThin;
}

async function takeOverOrMake(group: Group, identity: Identity, wish: VolumeWish, lock: Lock): Promise<string> {
  const left = group.lvs.filter((lv) => isLeftVolume(group.name, lv, identity));
  const adoptable = findAdoptable(group, left, wish);
  const others = left.filter((lv) => lv !== adoptable);
  for (const lv of others) await clearAndRemove(group, lv, identity.stack, lock);
  if (adoptable) return adoptLeft(group, adoptable, identity, wish, lock);
  const now = others.length === 0 ? group : locateGroup(await readGroups({ lock }), group.name);
  return makerOf(now, wish)(now, identity, wish, lock);
}

async function made(volumeGroup: string, name: string, lock: Lock): Promise<Created<VolumeFacts>> {
  const group = locateGroup(await readGroups({ lock }), volumeGroup);
  const lv = group.lvs.find((one) => one.name === name);
  if (lv === undefined)
    throw new BlockboxError("COMMAND_FAILED", `lvm made volume ${volumeGroup}/${name}, but does not list it.`);
  const { mark } = parseTags(lv.tags);
  if (mark) unmarkWhenQuiet(volumeGroup, name, markTag(mark));
  return { id: volumeId(volumeGroup, name), facts: volumeFacts(group, lv) };
}
