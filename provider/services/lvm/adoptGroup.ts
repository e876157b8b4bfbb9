import { BlockboxError } from "../../errors.js";
import { listMappedDevices } from "../../host/deviceMapper.js";
import type { Lock } from "../../host/lock.js";
import type { BackendFacts, BackendWish } from "../service.js";
import { activeVolumes } from "./activation/activeVolumes.js";
import { type Way, wayOf } from "./activation/choose.js";
import { changeGroup } from "./change.js";
import { gibBytes } from "./geometry.js";
import { groupFamilies, groupTags, parseGroupTags } from "./groupTags.js";
import { incomplete, locateGroup } from "./locate.js";
import { leakOf } from "./pool/leak.js";
import { type Group, readGroups } from "./report.js";
import { reshapeGroup } from "./reshapeGroup.js";
import { retagGroup } from "./retag.js";
import { ownTag, parseTags, tagChanges } from "./tags.js";
import { poolOf } from "./thinPool.js";
import { withFile } from "./updateGroup.js";

/**
 * Takes a volume group that exists as a Backend's: it gets our tags, and what else the program says. It needs no mark:
 * what a killed adoption has tagged is found again by its name, like any other.
 */
export async function adoptGroup(wish: BackendWish): Promise<BackendFacts> {
  const { volumeGroup, loopFile } = wish;
  return changeGroup(volumeGroup, `adopting volume group ${volumeGroup}`, async (lock) => {
    const find = async () => requireAdoptable(await readGroups({ lock }), volumeGroup);
    const found = await withFile(loopFile?.path, lock, find);
    await tagAsAdopted(found, wish, lock);
    const group = locateGroup(await readGroups({ lock }), volumeGroup);
    return reshapeGroup(group, wish, { directories: [], physicalVolumes: {} }, lock);
  });
}

async function tagAsAdopted(group: Group, wish: BackendWish, lock: Lock): Promise<void> {
  const facts = { ...parseGroupTags(group.tags), name: wish.name, adopted: true, made: false };
  const tags = groupTags({ ...facts, activation: currentWay(group) ?? wayOf(wish) });
  const { add, remove } = tagChanges(group.tags, tags, [ownTag, ...groupFamilies]);
  // A tag that is there already is no error.
  await retagGroup(group, { add: [ownTag, ...add], remove }, lock);
}

/** How the volumes of a group are devices now; nothing where that is not decided yet. */
function currentWay(group: Group): Way | undefined {
  if (parseTags(group.tags).ours) return parseGroupTags(group.tags).activation;
  const uuids = listMappedDevices().map(({ uuid }) => uuid);
  return activeVolumes(group, uuids).length > 0 ? "deviceMapper" : undefined;
}

/** The way in which an adopted group will be activated, as a preview can tell it. */
export function wayOfAdopted(group: Group, wish: BackendWish): Way {
  return wayOf(wish, currentWay(group));
}

function requireAdoptable(groups: readonly Group[], volumeGroup: string): Group {
  const group = groups.find(({ name }) => name === volumeGroup);
  if (group === undefined) {
    throw new BlockboxError(
      "NOT_HERE",
      `There is no volume group ${volumeGroup} on this host to adopt: see \`vgs\`. A group on a file is found by lvm.loopFile.path.`,
    );
  }
  const fault = faultOfAdopted(group);
  if (!group.complete) throw incomplete(group);
  if (fault !== undefined) throw new BlockboxError("INPUT_REFUSED", `Volume group ${fault}.`);
  return group;
}

/** Why a group that exists cannot be adopted, if so. */
export function faultOfAdopted(group: Group): string | undefined {
  const { name, extentSizeBytes } = group;
  if (gibBytes % extentSizeBytes !== 0)
    return `${name} has extents of ${extentSizeBytes} bytes, which do not divide a GiB, so that it cannot hold volumes of whole GiB`;
  const pool = poolOf(group);
  const leak = pool && leakOf(group, pool);
  return leak && `${name} has a thin pool, ${pool.name}, which ${leak}`;
}
