import type { Problem, SeenVolume, VolumeService, VolumeWish } from "../service.js";
import { activationOf } from "./activation/activationOf.js";
import { recentGroups } from "./change.js";
import { changeVolume } from "./changeVolume.js";
import { gibBytes } from "./geometry.js";
import { handOver, refuseHandOver, requireHandedOver } from "./handOver.js";
import { backendId, partsOf, requireGroupOf, sourceOfId } from "./ids.js";
import { locateVolume, requireVolume } from "./locate.js";
import { makeVolume } from "./makeVolume.js";
import { unmarkVolumeWhenQuiet } from "./marking.js";
import { groupOf, isPlannedGroup, planGrowth, plannedBackend, planVolume, refusalsIn, settle } from "./plan.js";
import { readSource, sourceElsewhere } from "./readSource.js";
import { createRefusal, growthRefusal } from "./refusalWords.js";
import { removeVolume } from "./removeVolume.js";
import type { Group, LogicalVolume } from "./report.js";
import { loopReason } from "./snapshots/refuseLoopActivation.js";
import { thickSnapshotsOf } from "./snapshots/snapshotsOf.js";
import { parseTags } from "./tags.js";
import { volumeFacts } from "./volumeFacts.js";

/** Volumes as linear logical volumes. */
export const volumes: VolumeService = {
  async problems(identity, pool, wish) {
    const volumeGroup = groupOf(pool);
    if (volumeGroup === undefined) return [];
    const elsewhere = wish.source && sourceElsewhere(volumeGroup, wish.source);
    if (elsewhere) return [elsewhere];
    const unusable = isPlannedGroup(volumeGroup) ? undefined : await groupProblem(volumeGroup);
    if (unusable) return [unusable];
    planVolume(identity, volumeGroup, wish.size, wish.source);
    const refusal = (await refusalsIn(volumeGroup)).find((one) => one.identity === identity.digest);
    if (refusal === undefined || refusal.kind === "growth") return [];
    settle(identity);
    return [{ property: "size", reason: createRefusal(volumeGroup, refusal) }];
  },

  async refuseCopies(pool) {
    const volumeGroup = groupOf(pool);
    if (volumeGroup === undefined) return undefined;
    const activation = plannedBackend(volumeGroup)?.activation;
    const group = (await recentGroups()).find(({ name }) => name === volumeGroup);
    if (activation === undefined && group === undefined) return undefined;
    const reason = loopReason({ name: volumeGroup, tags: group?.tags ?? [] }, activation);
    return reason && `A copy ${reason}.`;
  },

  async refuseGrowth(identity, id, location, size) {
    const parts = partsOf(id);
    const groups = await recentGroups();
    // A group that a Backend of this program brings back first, as after a reboot, cannot be judged yet.
    const isMissing = !groups.some(({ uuid }) => uuid === location.vgUuid);
    if (isMissing && isPlannedGroup(parts.volumeGroup)) return undefined;
    const { group, lv } = requireVolume(groups, parts, location);
    const [snapshot] = thickSnapshotsOf(group, lv);
    if (snapshot && activationOf(group).devicesOf(group, lv).length > 0)
      return `cannot grow while it is attached, since it has thick snapshots (${snapshot.name}): delete these first, or detach it`;
    planGrowth(identity, group.name, lv, size);
    const refusals = await refusalsIn(group.name);
    if (refusals.length === 0) return undefined;
    settle(identity);
    const own = refusals.find((one) => one.identity === identity.digest);
    if (own) return growthRefusal(group.name, own, size);
    // All that was planned before was accepted: whatever does not fit now is in the way of this growth.
    return `cannot grow to ${size} GiB together with the new volumes and snapshots of this program, which need that room. Let the Backend grow, or ask for less`;
  },

  async isAttached(id, location) {
    const { group, lv } = requireVolume(await recentGroups(), partsOf(id), location);
    return activationOf(group).devicesOf(group, lv).length > 0;
  },

  readSource,

  async create(identity, id, wish) {
    const made = await makeVolume(identity, requireGroupOf(id), wish);
    settle(identity);
    return made;
  },

  async read(id, location) {
    const found = locateVolume(await recentGroups(), partsOf(id), location);
    if (typeof found === "string") return undefined;
    const { group, lv } = found;
    if (location) unmarkVolumeWhenQuiet(group, lv);
    return seen(group, lv);
  },

  async update(identity, id, wish, location) {
    const facts = await changeVolume(partsOf(id), wish, location);
    settle(identity);
    return facts;
  },

  delete: (id, stack, location, cascade) => removeVolume(partsOf(id), { stack, cascade }, location),

  refuseHandOver,
  handOver,
  requireHandedOver: (id, location) => requireHandedOver(partsOf(id), location),

  settle,
};

/** What a growth that was cut short added is no part of the volume yet: so the update that finishes it comes. */
function seen(group: Group, lv: LogicalVolume): SeenVolume {
  const { name, description, metadata, bootable, source, clearFrom } = parseTags(lv.tags);
  const wish: VolumeWish = {
    name: name ?? lv.name,
    size: Math.floor((clearFrom ?? lv.sizeBytes) / gibBytes),
    ...(description === undefined ? {} : { description }),
    metadata: metadata ?? {},
    bootable,
    readOnly: lv.permission === "ro",
    ...(source === undefined ? {} : { source: sourceOfId(source) }),
  };
  return {
    backendId: backendId(group.name),
    wish,
    facts: volumeFacts(group, lv),
  };
}

async function groupProblem(volumeGroup: string): Promise<Problem | undefined> {
  const group = (await recentGroups()).find(({ name }) => name === volumeGroup);
  const problem = (reason: string) => ({
    property: "backend",
    reason: `names volume group ${volumeGroup}, which ${reason}`,
  });
  if (group === undefined)
    return problem("is not on this host. Give a Backend of this program, or make the group first");
  if (!parseTags(group.tags).ours)
    return problem(
      "does not carry our tag, so it is left alone. Adopt it by a Backend with lvm.adopt, or name another",
    );
  return undefined;
}
