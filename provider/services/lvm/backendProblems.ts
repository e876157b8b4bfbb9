import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { deviceNumber, deviceSizeBytes } from "../../host/blockDevice.js";
import { hasDeviceMapper } from "../../host/kernel.js";
import type { BackendWish, Identity, Problem } from "../service.js";
import { type Way, wantsPool, wayOf, wayProblems } from "./activation/choose.js";
import { faultOfDeviceNames } from "./activation/names.js";
import { faultOfAdopted, wayOfAdopted } from "./adoptGroup.js";
import { recentGroups } from "./change.js";
import { matchDevices } from "./devices/match.js";
import { deviceProblems } from "./devices/problems.js";
import { adoptedFileProblems, fileProblems, spaceProblems } from "./fileProblems.js";
import { extentCountOf, foreseenLayout, type PlannedDevices } from "./foreseenLayout.js";
import { gibBytes } from "./geometry.js";
import { parseGroupTags } from "./groupTags.js";
import { hostProblems } from "./hostProblems.js";
import { isGroupOf } from "./marking.js";
import { planBackend, plannedOwner } from "./plan.js";
import { hasPoolDevice } from "./pool/device.js";
import { warnOfFill } from "./pool/fill.js";
import { currentPoolSize, isPoolFault, type PoolSize, poolRoom, wantedPoolSize } from "./pool/size.js";
import { refusalToTakeBack } from "./refuseChange.js";
import type { Group } from "./report.js";
import { ratioOf } from "./reshapeGroup.js";
import { poolOf } from "./thinPool.js";

/** What Backends of this deployment had before, by identity: a replacement is checked again as if there had been nothing. */
const earlier = new Map<string, BackendWish>();

/** What this host has against making or adopting a group, or against what is to change of it. */
export async function backendProblems(identity: Identity, wish: BackendWish, before?: BackendWish): Promise<Problem[]> {
  const unfit = hostProblems(wish);
  if (unfit.length > 0) return unfit;
  if (before) earlier.set(identity.digest, before);
  const { volumeGroup, loopFile } = wish;
  const isNew = before === undefined || before.volumeGroup !== volumeGroup || before.loopFile?.path !== loopFile?.path;
  const isSame = before !== undefined && isDeepStrictEqual(before, wish);
  // Without device-mapper there is no pool that could be running full: nobody needs to be asked about what stays.
  const groups = isSame && !hasDeviceMapper() ? [] : await recentGroups();
  const found = groups.find(({ name }) => name === volumeGroup);
  const current = isNew && !wish.adopt ? undefined : found;
  if (current) warnOfFill(current);
  const way =
    current && isNew ? wayOfAdopted(current, wish) : wayOf(wish, current && parseGroupTags(current.tags).activation);
  const foreseen: Foreseen = {
    isNew,
    current,
    way,
    hasPool: wantsPool(wish, way, current && poolOf(current) !== undefined),
  };
  const problems = isSame ? [] : await changeProblems(identity, wish, before, foreseen, groups);
  if (problems.length > 0) return problems;
  const devices = plannedDevices(wish, current);
  // Only an update lets the pool have what has become free since.
  const stays = isSame && current !== undefined && hasPoolDevice(volumeGroup, current.uuid);
  const pool = stays ? undefined : foreseePool(wish, foreseen, devices);
  if (pool !== undefined && isPoolFault(pool)) return isSame ? [] : [pool];
  const { hasPool } = foreseen;
  const planned = { isNew, devices, activation: way, hasPool, pool: pool && inBytes(pool, wish, current) };
  planBackend(identity, volumeGroup, planned);
  return [];
}

/** A group as it is, or will be made. */
interface Foreseen {
  readonly isNew: boolean;
  /** Nothing for one that is still to be made, or is not to be seen just now. */
  readonly current: Group | undefined;
  readonly way: Way;
  readonly hasPool: boolean;
}

async function changeProblems(
  identity: Identity,
  wish: BackendWish,
  before: BackendWish | undefined,
  { isNew, current, way, hasPool }: Foreseen,
  groups: readonly Group[],
): Promise<Problem[]> {
  const { volumeGroup, loopFile } = wish;
  const own = earlier.get(identity.digest);
  const isOwn = (group: Group) => group.name === own?.volumeGroup || group === current || isGroupOf(group, identity);
  const found = groups.find(({ name }) => name === volumeGroup);
  const hasFile = own?.loopFile?.path === loopFile?.path;
  const ofFile = async (file: NonNullable<typeof loopFile>) =>
    wish.adopt && isNew
      ? adoptedFileProblems(identity, file, found)
      : fileProblems(identity, file, found !== undefined && isGroupOf(found, identity));
  const known = own?.volumeGroup === volumeGroup ? own.devices : [];
  return [
    ...(own?.volumeGroup === volumeGroup ? keptProblems(wish, found) : groupProblems(identity, wish, found)),
    ...wayProblems(wish, way, hasPool),
    ...(isNew || before?.activation !== wish.activation ? nameProblems(volumeGroup, way, hasPool) : []),
    ...(loopFile === undefined || hasFile ? [] : await ofFile(loopFile)),
    ...(loopFile && (isNew || !isDeepStrictEqual(loopFile, before?.loopFile)) ? spaceProblems(identity, loopFile) : []),
    ...(await deviceProblems(identity, wish, known, {
      own: groups.filter(isOwn),
      others: groups.filter((group) => !isOwn(group)),
    })),
  ];
}

/** Also where the change would replace the Backend by one of the same group. */
function keptProblems({ adopt }: BackendWish, group: Group | undefined): Problem[] {
  const reason = adopt || group === undefined ? undefined : refusalToTakeBack(group);
  return reason === undefined ? [] : [{ property: "lvm.adopt", reason }];
}

function groupProblems(identity: Identity, { volumeGroup, adopt, loopFile }: BackendWish, group?: Group): Problem[] {
  const fault = (reason: string): Problem[] => [
    { property: "lvm.volumeGroup", reason: `${volumeGroup} ${reason}. Give another name` },
  ];
  const owner = plannedOwner(volumeGroup);
  if (owner !== undefined && owner !== identity.digest) return fault("is the group of another Backend in this program");
  if (adopt) return adoptionProblems(volumeGroup, group, loopFile !== undefined);
  if (group && !isGroupOf(group, identity)) return fault("exists on this host already");
  if (!group && existsSync(`/dev/${volumeGroup}`))
    return fault(`is the name of a device already (/dev/${volumeGroup})`);
  return [];
}

function adoptionProblems(volumeGroup: string, group: Group | undefined, hasFile: boolean): Problem[] {
  const fault = (reason: string): Problem[] => [{ property: "lvm.adopt", reason }];
  // Its file shows it once that is attached.
  if (group === undefined && hasFile) return [];
  if (group === undefined)
    return fault(
      `finds no volume group ${volumeGroup} on this host: see \`vgs\`. One on a file needs lvm.loopFile.path`,
    );
  if (!group.complete) return fault(`finds volume group ${volumeGroup} with a device missing: bring that back first`);
  const reason = faultOfAdopted(group);
  return reason === undefined ? [] : fault(`cannot be: ${reason}`);
}

function nameProblems(volumeGroup: string, way: Way, hasPool: boolean): Problem[] {
  const fault = way === "deviceMapper" ? faultOfDeviceNames(volumeGroup, hasPool) : undefined;
  return fault === undefined
    ? []
    : [{ property: "lvm.volumeGroup", reason: `${volumeGroup} ${fault}. Give another name` }];
}

function plannedDevices({ devices, loopFile }: BackendWish, current: Group | undefined): PlannedDevices {
  const { added, removed } = matchDevices(current ?? { pvs: [] }, devices, {});
  return {
    file: loopFile && { path: loopFile.path, sizeBytes: loopFile.size * gibBytes },
    addedBytes: added.filter((path) => deviceNumber(path) !== undefined).map(deviceSizeBytes),
    removed: removed.map(({ uuid }) => uuid),
  };
}

/** The size that the pool will have, or what is against it. Nothing where there is none, or where it stays as its owner has it. */
function foreseePool(
  wish: BackendWish,
  { isNew, current, hasPool }: Foreseen,
  devices: PlannedDevices,
): PoolSize | Problem | undefined {
  const isKept = wish.adopt && wish.thinPool === undefined;
  // What exists, but is not to be seen just now, cannot be judged.
  const isHidden = current === undefined && (!isNew || wish.adopt);
  if (!hasPool || isKept || isHidden) return undefined;
  const layout = foreseenLayout(current, devices);
  const { extentSizeBytes, lvs } = layout;
  const room = poolRoom({ name: wish.volumeGroup, lvs, extentCount: extentCountOf(layout) });
  return wantedPoolSize(wish, { room, extentSizeBytes }, current && currentPoolSize(current));
}

function inBytes({ data, metadata }: PoolSize, wish: BackendWish, current: Group | undefined) {
  const { extentSizeBytes } = current ?? foreseenLayout(undefined, { addedBytes: [], removed: [] });
  const sizes = { dataBytes: data * extentSizeBytes, metadataBytes: metadata * extentSizeBytes };
  return { ...sizes, overSubscription: ratioOf(wish) ?? 1 };
}
