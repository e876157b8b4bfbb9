import { throwIfCancelled } from "../../cancellation.js";
import type { Lock } from "../../host/lock.js";
import { awaitCreator } from "../claims.js";
import type { Created, Identity, VolumeFacts, VolumeWish } from "../service.js";
import { activationOf } from "./activation/activationOf.js";
import { adoptLeft, findAdoptable } from "./adoptLeft.js";
import { allocateThick } from "./allocateThick.js";
import { allocateThin } from "./allocateThin.js";
import { changeGroup, groupsAfterwards, groupsUnder, holdVolume, recentGroups } from "./change.js";
import { changeUnused } from "./changeUnused.js";
import { cloneThin } from "./copies/cloneThin.js";
import { fillCopy, onceCopied } from "./copies/fillCopy.js";
import { requireSource } from "./copies/source.js";
import { gibBytes } from "./geometry.js";
import { volumeId } from "./ids.js";
import { locateGroup } from "./locate.js";
import { locateMade } from "./locateMade.js";
import { isLeftVolume } from "./marking.js";
import type { MakeVolume } from "./newVolume.js";
import { clearAndRemove } from "./removeVolume.js";
import { type Group, readGroups } from "./report.js";
import { volumeTags } from "./tags.js";
import { poolOf } from "./thinPool.js";
import { foretellThin } from "./thinVolume.js";
import { volumeFacts } from "./volumeFacts.js";

/** Makes a volume, or takes over the one that a killed create of the same identity left behind (rule 1). */
export function makeVolume(identity: Identity, volumeGroup: string, wish: VolumeWish): Promise<Created<VolumeFacts>> {
  const purpose = `creating volume ${wish.name}`;
  const make = async (lock: Lock) => {
    throwIfCancelled(`its turn at volume group ${volumeGroup}`);
    const group = locateGroup(await groupsUnder(lock), volumeGroup);
    activationOf(group).require(group);
    const name = await takeOverOrMake(group, identity, wish, lock);
    return { name, afterwards: groupsAfterwards(lock) };
  };
  const whole = async ({ name, afterwards }: Awaited<ReturnType<typeof make>>) =>
    made(volumeGroup, name, await afterwards.groups);
  const { source } = wish;
  if (source === undefined) return awaitCreator(async () => whole(await changeGroup(volumeGroup, purpose, make)));
  return awaitCreator(async () => {
    const { lv, volume: guard } = requireSource(await recentGroups(), volumeGroup, source);
    if (lv.kind === "thin") return whole(await changeUnused({ volumeGroup, lv: lv.name, guard }, purpose, make));
    // While nobody can attach, detach, format or delete the volume that is copied, or whose snapshot is.
    return holdVolume(guard, purpose, async (held) => {
      const { name } = await changeGroup(volumeGroup, purpose, make);
      // Its mark stays until it is whole; and others can change the group meanwhile.
      await fillCopy(volumeGroup, name, source, held);
      return made(volumeGroup, name, await readGroups());
    });
  });
}

/** How a volume like this is made in that group: a copy as its source was. */
function makerOf(group: Group, { source }: VolumeWish): MakeVolume {
  if (source !== undefined)
    return requireSource([group], group.name, source).lv.kind === "thin" ? cloneThin : allocateThick;
  return poolOf(group) === undefined ? allocateThick : allocateThin;
}

async function takeOverOrMake(group: Group, identity: Identity, wish: VolumeWish, lock: Lock): Promise<string> {
  const left = group.lvs.filter((lv) => isLeftVolume(group.name, lv, identity));
  const adoptable = findAdoptable(group, left, wish);
  const others = left.filter((lv) => lv !== adoptable);
  for (const lv of others)
    await onceCopied(lv, () => clearAndRemove(group, lv, { stack: identity.stack, cascade: false }, lock));
  if (adoptable) return adoptLeft(group, adoptable, identity, wish, lock);
  const now = others.length === 0 ? group : locateGroup(await readGroups({ lock }), group.name);
  const maker = makerOf(now, wish);
  const name = await maker(now, identity, wish, lock);
  if (maker !== allocateThick && others.length === 0)
    foretellThin(lock, group, { name, sizeBytes: wish.size * gibBytes, tags: volumeTags(wish) });
  return name;
}

function made(volumeGroup: string, name: string, groups: readonly Group[]): Created<VolumeFacts> {
  const { group, lv } = locateMade(groups, volumeGroup, name, "volume");
  return { id: volumeId(volumeGroup, name), facts: volumeFacts(group, lv) };
}
