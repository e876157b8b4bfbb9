import { isDead, isNamed } from "../claims.js";
import type { Identity, PoolReference } from "../service.js";
import { recentGroups } from "./change.js";
import { foreseenLayout, type PlannedDevices } from "./foreseenLayout.js";
import { parseGroupTags } from "./groupTags.js";
import { growth, type Layout } from "./growth.js";
import { groupOfBackend, volumeId } from "./ids.js";
import { judge, type Means } from "./judge.js";
import { joinRanges } from "./placement.js";
import { notedPlan, notePlanned, noteSettled, type PlannedVolume } from "./planNotes.js";
import type { Refusal } from "./plannedChanges.js";
import { type PlannedPool, promisesOf } from "./pool/promises.js";
import type { ExtentRange, Group } from "./report.js";
import { parseTags } from "./tags.js";

/** What a Backend of this deployment makes of its group. */
export interface PlannedBackend {
  /** Whether the group is still to be made. */
  readonly isNew: boolean;
  readonly devices: PlannedDevices;
  readonly activation: "loop" | "deviceMapper";
  /** Whether new volumes will be made in a pool. */
  readonly hasPool: boolean;
  /** The pool as it will be; nothing where there is none, or where it stays as it is. */
  readonly pool: PlannedPool | undefined;
}

/** What this deployment still means to make in one group, by identity: set, never added, since a check may come twice. */
interface PlannedGroup {
  backend?: PlannedBackend;
  readonly volumes: Map<string, PlannedVolume>;
}

const groups = new Map<string, PlannedGroup>();
/** Volume groups by the identity of their Backend, for volumes whose Backend has no id yet. */
const groupsOfBackends = new Map<string, string>();

/** Volumes judged from now on count on what a Backend will have. */
export function planBackend({ digest }: Identity, volumeGroup: string, backend: PlannedBackend): void {
  groupsOfBackends.set(digest, volumeGroup);
  planned(volumeGroup).backend = backend;
}

/** What a Backend of this deployment makes of the group, as far as it has said. */
export function plannedBackend(volumeGroup: string): PlannedBackend | undefined {
  return groups.get(volumeGroup)?.backend;
}

/** Digest of the identity whose Backend is to make or has the group, as far as this deployment has said. */
export function plannedOwner(volumeGroup: string): string | undefined {
  return [...groupsOfBackends].find(([, name]) => name === volumeGroup)?.[0];
}

export function planVolume({ digest }: Identity, volumeGroup: string, sizeGib: number): void {
  plan(volumeGroup, digest, { sizeGib });
}

export function planGrowth({ digest }: Identity, volumeGroup: string, lvUuid: string, toGib: number): void {
  plan(volumeGroup, digest, { sizeGib: toGib, lvUuid });
}

function plan(volumeGroup: string, identity: string, volume: PlannedVolume): void {
  planned(volumeGroup).volumes.set(identity, volume);
  notePlanned(volumeGroup, identity, volume);
}

/** The volume is there as planned, or will not come. */
export function settleVolume({ digest }: Identity): void {
  for (const [volumeGroup, { volumes }] of groups) {
    if (volumes.delete(digest)) noteSettled(volumeGroup, digest);
  }
}

/** The sizes of the other volumes still to be made in a group: what is placed now leaves room for them. */
export function stillPlanned(volumeGroup: string, { digest }: Identity): number[] {
  return foreseen(volumeGroup)
    .filter(([identity, { lvUuid }]) => identity !== digest && lvUuid === undefined)
    .map(([, { sizeGib }]) => sizeGib);
}

/** The free extents that planned growths will need: no new volume may be put there. */
export function reservedRanges(group: Group): ExtentRange[] {
  return foreseen(group.name).flatMap(([, { lvUuid, sizeGib }]) => {
    const lv = group.lvs.find(({ uuid }) => uuid === lvUuid);
    const answer = lv && growth({ layout: group, lv, toGib: sizeGib });
    return answer?.ok && answer.range ? [answer.range] : [];
  });
}

/** What this process has heard of, and what the preview before it has. */
function foreseen(volumeGroup: string): [identity: string, PlannedVolume][] {
  return [...new Map([...notedPlan(volumeGroup), ...planned(volumeGroup).volumes])];
}

/** The group that volumes of a Backend go to, if it can be told yet. */
export function groupOf(pool: PoolReference): string | undefined {
  return "backendId" in pool ? groupOfBackend(pool.backendId) : groupsOfBackends.get(pool.backend.digest);
}

/** Whether a Backend of this deployment is to make or bring back the group. */
export function isPlannedGroup(volumeGroup: string): boolean {
  return groups.get(volumeGroup)?.backend !== undefined;
}

/** What of all that is planned in the group it cannot hold: growths first, then new volumes in the order of their checks. */
export async function refusalsIn(volumeGroup: string): Promise<Refusal[]> {
  const foreseenGroup = await foreseeGroup(volumeGroup);
  if (foreseenGroup === undefined) return [];
  const volumes = [...planned(volumeGroup).volumes].map(([identity, volume]) => ({ identity, ...volume }));
  return judge({
    ...foreseenGroup,
    growths: volumes.flatMap(({ identity, lvUuid, sizeGib }) => {
      const lv = foreseenGroup.layout.lvs.find(({ uuid }) => uuid === lvUuid);
      return lv ? [{ identity, lv, toGib: sizeGib }] : [];
    }),
    creates: volumes.filter(({ lvUuid }) => lvUuid === undefined),
  });
}

/** The group as it will be. Nothing where that cannot be known: a group that exists but is not to be seen just now. */
async function foreseeGroup(volumeGroup: string): Promise<(Means & { layout: Layout }) | undefined> {
  const { backend, volumes } = planned(volumeGroup);
  const found = (await recentGroups()).find(({ name }) => name === volumeGroup);
  if (found === undefined && !backend?.isNew) return undefined;
  const group = found && withoutLeftVolumes(found, [...volumes.keys()]);
  const { name, tags, lvs } = group ?? { name: volumeGroup, tags: [], lvs: [] };
  const activation = backend?.activation ?? parseGroupTags(tags).activation;
  const isThick = backend !== undefined && !backend.hasPool;
  const promises = isThick ? undefined : promisesOf({ name, tags, lvs }, backend?.pool);
  const means = { inPieces: activation === "deviceMapper", promises };
  const layout = backend ? foreseenLayout(group, backend.devices) : group;
  return layout && { layout, ...means };
}

/** What killed creates of the planned volumes left behind is taken over by them, or taken away: it counts as free. */
function withoutLeftVolumes(group: Group, identities: readonly string[]): Group {
  const left = group.lvs.filter(({ name, tags }) => {
    const { mark } = parseTags(tags);
    const isOwn = mark !== undefined && identities.includes(mark.identity) && isDead(mark);
    return isOwn && !isNamed("Volume", volumeId(group.name, name));
  });
  const free = joinRanges([...group.free, ...left.flatMap(({ segments }) => segments)]);
  return left.length === 0 ? group : { ...group, lvs: group.lvs.filter((lv) => !left.includes(lv)), free };
}

function planned(volumeGroup: string): PlannedGroup {
  const known = groups.get(volumeGroup) ?? { volumes: new Map() };
  groups.set(volumeGroup, known);
  return known;
}
