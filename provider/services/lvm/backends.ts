import { deviceSizeBytes } from "../../host/blockDevice.js";
import { faultOfDeviceMapper, hasDeviceMapper } from "../../host/kernel.js";
import { findLoopDevice, isBackedBy, loopOfFile } from "../../host/loop.js";
import { notice } from "../../host/notice.js";
import type { BackendService, BackendWish, SeenBackend } from "../service.js";
import { noDeviceMapper, wayOf } from "./activation/choose.js";
import { adoptGroup } from "./adoptGroup.js";
import { backendProblems } from "./backendProblems.js";
import { recentGroups } from "./change.js";
import { matchDevices, uuidsByPath } from "./devices/match.js";
import { pathIn } from "./devices/pathTags.js";
import { gibBytes } from "./geometry.js";
import { groupFacts } from "./groupFacts.js";
import { parseGroupTags } from "./groupTags.js";
import { backendId, requireGroupOf } from "./ids.js";
import { incomplete, locateGroup, refuseOtherMachine } from "./locate.js";
import { workingPath } from "./loopFile.js";
import { makeGroup } from "./makeGroup.js";
import { unmarkWhenQuiet } from "./marking.js";
import { hasPoolDevice } from "./pool/device.js";
import { warnOfFill } from "./pool/fill.js";
import { changeProblems } from "./refuseChange.js";
import { releaseGroup } from "./releaseGroup.js";
import { removeGroup } from "./removeGroup.js";
import type { Group, LogicalVolume, PhysicalVolume } from "./report.js";
import { creationTags, parseTags } from "./tags.js";
import { isBuried } from "./tombstone.js";
import { updateGroup } from "./updateGroup.js";

/** Backends as volume groups of this host. */
export const backends: BackendService = {
  problems: backendProblems,

  async create(identity, wish) {
    const facts = await (wish.adopt ? adoptGroup(wish) : makeGroup(identity, wish));
    return { id: backendId(wish.volumeGroup), facts };
  },

  async read(id, recorded) {
    const volumeGroup = requireGroupOf(id);
    const groups = await recentGroups();
    if (recorded === undefined) return seen(locateGroup(groups, volumeGroup));
    const { location } = recorded.facts;
    refuseOtherMachine(volumeGroup, location);
    if (isBuried(location.vgUuid)) return undefined;
    const visible = groups.find(({ uuid }) => uuid === location.vgUuid);
    if (visible && !visible.complete) notice(`warning: ${incomplete(visible).message}`);
    // Not to be seen is not gone: what state says stays, but for this.
    if (!visible?.complete) return { wish: recorded.wish, facts: { ...recorded.facts, state: "down" } };
    const group = locateGroup(groups, volumeGroup, location);
    for (const tag of creationTags(group.tags)) unmarkWhenQuiet(group.name, "", tag);
    warnOfFill(group);
    return seen(group, recorded);
  },

  needsRepair({ loopFile, devices: wanted }, { volumeGroup, thin, devices, physicalVolumes, location }) {
    if (loopFile !== undefined && loopOfFile(loopFile.path) === undefined) return true;
    if (!devices.every(isThere)) return true;
    // One has left the group, and perhaps nothing more.
    if (Object.keys(physicalVolumes).some((path) => !wanted.includes(path))) return true;
    return thin && hasDeviceMapper() && !hasPoolDevice(volumeGroup, location.vgUuid);
  },

  refuseKernel(wish, recorded) {
    const fault = wayOf(wish, recorded.activation) === "deviceMapper" ? faultOfDeviceMapper() : undefined;
    return fault === undefined ? undefined : noDeviceMapper(fault);
  },

  update: (id, wish, recorded) => updateGroup(requireGroupOf(id), wish, recorded),

  async refuseChange(id, wish, recorded) {
    const volumeGroup = requireGroupOf(id);
    const group = (await recentGroups()).find(({ uuid }) => uuid === recorded.location.vgUuid);
    // What cannot be seen just now, an update says.
    if (group?.name !== volumeGroup || !group.complete) return undefined;
    return changeProblems(group, wish, recorded)[0];
  },

  async refuseReplacement(id) {
    const volumeGroup = requireGroupOf(id);
    const group = (await recentGroups()).find(({ name }) => name === volumeGroup);
    // Of an adopted group only what is ours is in the way of letting go of it.
    const isInTheWay = ({ kind, tags }: LogicalVolume) =>
      kind !== "hidden" && kind !== "thinPool" && (!isAdopted || parseTags(tags).ours);
    const isAdopted = group !== undefined && parseGroupTags(group.tags).adopted;
    const holding = group?.lvs.filter(isInTheWay).length;
    if (holding === 0) return undefined;
    const holds =
      holding === undefined
        ? "cannot be seen on this host just now"
        : `holds ${holding} volume${holding === 1 ? "" : "s"}`;
    return `would replace a Backend whose volume group ${volumeGroup} ${holds}. Make a second Backend instead, and remove this one once it is empty`;
  },

  delete(id, stack, wish, recorded) {
    const volumeGroup = requireGroupOf(id);
    return wish.adopt ? releaseGroup(volumeGroup, stack, recorded) : removeGroup(volumeGroup, stack, wish, recorded);
  },
};

/** Whether a device that a group was last seen on is one, under that name; an update finds it under another. */
function isThere(device: string): boolean {
  try {
    return deviceSizeBytes(device) > 0;
  } catch {
    return false;
  }
}

function seen(group: Group, recorded?: SeenBackend): SeenBackend {
  const { name, volumeClear, adopted } = parseGroupTags(group.tags);
  const { adopt, thinPool, activation } =
    recorded?.wish ?? ({ adopt: adopted, thinPool: undefined, activation: "auto" } as const);
  const devices = matchDevices(group, devicesOf(group, recorded), recorded?.facts.physicalVolumes ?? {});
  const loopFile = loopFileOf(group, recorded?.wish);
  return {
    wish: {
      ...{ name, volumeGroup: group.name, adopt, devices: [...devices.present.keys()] },
      ...(loopFile === undefined ? {} : { loopFile }),
      ...(thinPool === undefined ? {} : { thinPool: seenPool(group, thinPool) }),
      ...{ volumeClear, activation },
    },
    facts: groupFacts(group, {
      directories: recorded?.facts.directories ?? [],
      // One that left in an update that was cut short is still to be given back.
      physicalVolumes: { ...recorded?.facts.physicalVolumes, ...uuidsByPath(devices) },
    }),
  };
}

/** The devices that a program gave, or, as long as no state says it, those that the group itself knows of. */
function devicesOf({ pvs }: Group, recorded: SeenBackend | undefined): string[] {
  return recorded?.wish.devices ?? pvs.map(({ tags }) => pathIn(tags)).filter((path) => path !== undefined);
}

function seenPool({ tags }: Group, thinPool: NonNullable<BackendWish["thinPool"]>): BackendWish["thinPool"] {
  if (typeof thinPool === "boolean") return thinPool;
  return { ...thinPool, maxOverSubscriptionRatio: parseGroupTags(tags).overSubscription };
}

/**
 * The group's file, as its physical volume says: so an update comes that finishes a growth which was cut short between
 * both. The path is the recorded one as long as that is the same file (it may go through a symbolic link), or as a
 * delete that was cut short has renamed it.
 */
function loopFileOf(group: Group, recorded: BackendWish | undefined): BackendWish["loopFile"] {
  if (recorded && recorded.loopFile === undefined) return undefined;
  const { adopted, sparse } = parseGroupTags(group.tags);
  const path = recorded?.loopFile?.path;
  const onFile = group.pvs.flatMap((pv) => {
    const loop = pathIn(pv.tags) === undefined ? findLoopDevice(pv.device) : undefined;
    return loop === undefined ? [] : [{ pv, loop }];
  });
  const isRecorded = ({ loop }: (typeof onFile)[number]) =>
    path !== undefined && (isBackedBy(loop, path) || loop.backing === workingPath(path, group.uuid, "deleted"));
  const found = onFile.find(isRecorded);
  if (found && path !== undefined) return { path, size: sizeOf(group, found.pv), sparse };
  const [first] = onFile;
  if (recorded === undefined && (first === undefined || adopted)) return undefined;
  const [pv] = first ? [first.pv] : group.pvs;
  return { path: first?.loop.backing ?? path ?? "", size: pv ? sizeOf(group, pv) : 0, sparse };
}

/** Of the file that the physical volume is on, in GiB. */
function sizeOf({ extentSizeBytes }: Group, { peStartBytes, extentCount }: PhysicalVolume): number {
  return Math.ceil((peStartBytes + extentCount * extentSizeBytes) / gibBytes);
}
