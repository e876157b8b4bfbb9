import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import type { BackendFacts, BackendWish } from "../service.js";
import { activationOf } from "./activation/activationOf.js";
import { wantsPool, wayOf } from "./activation/choose.js";
import { lvm } from "./command.js";
import { extendGroup, noteDevices } from "./devices/join.js";
import { orphansOf, reduceGroup, unmakePhysicalVolume } from "./devices/leave.js";
import { matchDevices, uuidsByPath } from "./devices/match.js";
import { ownerByGroup } from "./devices/ownUuid.js";
import { clearRemainders } from "./devices/remainder.js";
import { groupFacts } from "./groupFacts.js";
import { groupFamilies, groupTags, parseGroupTags } from "./groupTags.js";
import { locateGroup } from "./locate.js";
import { ensureLoop, growLoopFile } from "./loopFile.js";
import { bringPoolBack, growPool } from "./pool/grow.js";
import { makePool } from "./pool/make.js";
import { removePool } from "./pool/remove.js";
import { currentPoolSize, isPoolFault, type PoolSize, poolRoom, wantedPoolSize } from "./pool/size.js";
import { changeProblems } from "./refuseChange.js";
import { type Group, readGroups, readHost } from "./report.js";
import { retagGroup } from "./retag.js";
import { creationTags, tagChanges } from "./tags.js";
import { poolOf } from "./thinPool.js";

type Recorded = Pick<BackendFacts, "directories" | "physicalVolumes">;

/**
 * Makes a group as wished, in the order in which one thing needs another: devices, file, pool. Each step looks at what
 * is there, so that a re-run of one that was cut short finishes it. Throws before anything is done where it is refused.
 */
export async function reshapeGroup(
  group: Group,
  wish: BackendWish,
  recorded: Recorded,
  lock: Lock,
): Promise<BackendFacts> {
  const [problem] = changeProblems(group, wish, recorded);
  if (problem) throw new BlockboxError("IN_USE", `${problem.property} ${problem.reason}.`);
  const now = async () => locateGroup(await readGroups({ lock }), group.name);
  await reshapeDevices(group, wish, recorded, lock);
  const pool = poolOf(group);
  const way = wayOf(wish, parseGroupTags(group.tags).activation);
  const wantsOne = wantsPool(wish, way, pool !== undefined);
  if (pool && !wantsOne) await removePool(await now(), pool, lock);
  await retag(group, wish, lock);
  if (wantsOne) await reshapePool(await now(), wish, lock);
  const after = await now();
  const physicalVolumes = uuidsByPath(matchDevices(after, wish.devices, recorded.physicalVolumes));
  return groupFacts(after, { ...recorded, physicalVolumes });
}

async function reshapeDevices(group: Group, wish: BackendWish, recorded: Recorded, lock: Lock): Promise<void> {
  const { devices, loopFile } = wish;
  const before = matchDevices(group, devices, recorded.physicalVolumes);
  const hasDevices = devices.length > 0 || Object.keys(recorded.physicalVolumes).length > 0;
  if (hasDevices) await finishLeaving(group, recorded, lock);
  if (before.added.length > 0)
    await extendGroup(group, before.added, ownerByGroup(group.uuid), await readGroups({ lock }), lock);
  if (loopFile) {
    const loop = await ensureLoop(loopFile.path, lock);
    await growLoopFile(loopFile, loop, lock);
    // Without a change this does nothing; after a kill between file and group it finishes.
    await lvm(["pvresize", loop.path], { lock });
  }
  for (const pv of before.removed) await reduceGroup(group, pv, lock);
  if (devices.length === 0) return;
  const joined = before.added.length > 0 ? locateGroup(await readGroups({ lock }), group.name) : group;
  await noteDevices(matchDevices(joined, devices, recorded.physicalVolumes), lock);
}

/** Gives back the devices that were on their way into the group or out of it when an update was cut short. */
async function finishLeaving({ uuid, pvs }: Group, { physicalVolumes }: Recorded, lock: Lock): Promise<void> {
  const host = await readHost({ lock });
  for (const pv of orphansOf(host, uuid, physicalVolumes)) await unmakePhysicalVolume(pv, lock);
  const gone = Object.entries(physicalVolumes).filter(([, own]) => !pvs.some((pv) => pv.uuid === own));
  await clearRemainders(
    gone.map(([path]) => path),
    lock,
  );
}

/** Makes the pool, or brings it back and lets it grow. That of an adopted group is as its owner has it, unless the program says otherwise. */
async function reshapePool(group: Group, wish: BackendWish, lock: Lock): Promise<void> {
  activationOf(group).require(group);
  const pool = poolOf(group);
  if (pool) await bringPoolBack(group, pool, lock);
  if (pool && wish.adopt && wish.thinPool === undefined) return;
  const from = currentPoolSize(group);
  const to = requirePoolSize(group, wish, from);
  if (pool && from) await growPool(group, pool, { from, to }, lock);
  else await makePool(group, to, lock);
}

/** Throws NO_SPACE where the group cannot hold the pool. */
export function requirePoolSize(group: Group, wish: BackendWish, current?: PoolSize): PoolSize {
  const size = wantedPoolSize(wish, { room: poolRoom(group), extentSizeBytes: group.extentSizeBytes }, current);
  if (isPoolFault(size)) throw new BlockboxError("NO_SPACE", `${size.property} ${size.reason}.`);
  return size;
}

async function retag(group: Group, wish: BackendWish, lock: Lock): Promise<void> {
  const wanted = groupTags({ ...parseGroupTags(group.tags), ...tagFacts(wish, group) });
  const { add, remove } = tagChanges(group.tags, wanted, groupFamilies);
  await retagGroup(group, { add, remove: [...remove, ...creationTags(group.tags)] }, lock);
}

/** What a wish says of a group's tags. */
function tagFacts(wish: BackendWish, { tags }: Group) {
  const current = parseGroupTags(tags);
  return {
    name: wish.name,
    volumeClear: wish.volumeClear,
    sparse: wish.loopFile?.sparse ?? current.sparse,
    activation: wayOf(wish, current.activation),
    adopted: wish.adopt,
    overSubscription: ratioOf(wish) ?? (wish.adopt ? current.overSubscription : 1),
  };
}

export function ratioOf({ thinPool }: Pick<BackendWish, "thinPool">): number | undefined {
  return typeof thinPool === "object" ? thinPool.maxOverSubscriptionRatio : undefined;
}
