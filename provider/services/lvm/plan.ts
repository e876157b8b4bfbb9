import type { Identity, PoolReference } from "../service.js";
import { recentGroups } from "./change.js";
import { gibBytes } from "./geometry.js";
import { growth, type Layout } from "./growth.js";
import { groupOfBackend } from "./ids.js";
import { emptyLayout, grownLayout, judge, type Refusal } from "./judge.js";
import type { ExtentRange, Group } from "./report.js";

/** What this deployment still means to make in one group, by identity: set, never added, since a check may come twice. */
interface PlannedGroup {
  /** GiB of the file that the group will be on, and whether the group is still to be made. */
  file?: { readonly sizeGib: number; readonly isNew: boolean };
  readonly creates: Map<string, number>;
  readonly growths: Map<string, { readonly lvUuid: string; readonly toGib: number }>;
}

const groups = new Map<string, PlannedGroup>();
/** Volume groups by the identity of their Backend, for volumes whose Backend has no id yet. */
const groupsOfBackends = new Map<string, string>();

/** A Backend will have a file of that size. Volumes judged from now on count on it. */
export function planBackend({ digest }: Identity, volumeGroup: string, sizeGib: number, isNew: boolean): void {
  groupsOfBackends.set(digest, volumeGroup);
  planned(volumeGroup).file = { sizeGib, isNew };
}

/** Digest of the identity whose Backend is to make or has the group, as far as this deployment has said. */
export function plannedOwner(volumeGroup: string): string | undefined {
  return [...groupsOfBackends].find(([, name]) => name === volumeGroup)?.[0];
}

export function planVolume({ digest }: Identity, volumeGroup: string, sizeGib: number): void {
  planned(volumeGroup).creates.set(digest, sizeGib);
}

export function planGrowth({ digest }: Identity, volumeGroup: string, lvUuid: string, toGib: number): void {
  planned(volumeGroup).growths.set(digest, { lvUuid, toGib });
}

/** The volume is there as planned, or will not come. */
export function settleVolume({ digest }: Identity): void {
  for (const { creates, growths } of groups.values()) {
    creates.delete(digest);
    growths.delete(digest);
  }
}

/** The sizes of the other volumes still to be made in a group: what is placed now leaves room for them. */
export function stillPlanned(volumeGroup: string, { digest }: Identity): number[] {
  return [...planned(volumeGroup).creates].filter(([identity]) => identity !== digest).map(([, size]) => size);
}

/** The free extents that planned growths will need: no new volume may be put there. */
export function reservedRanges(group: Group): ExtentRange[] {
  return [...planned(group.name).growths.values()].flatMap(({ lvUuid, toGib }) => {
    const lv = group.lvs.find(({ uuid }) => uuid === lvUuid);
    const answer = lv && growth({ layout: group, lv, toGib });
    return answer?.ok && answer.range ? [answer.range] : [];
  });
}

/** The group that volumes of a Backend go to, if it can be told yet. */
export function groupOf(pool: PoolReference): string | undefined {
  return "backendId" in pool ? groupOfBackend(pool.backendId) : groupsOfBackends.get(pool.backend.digest);
}

/** Whether a Backend of this deployment is to make or bring back the group. */
export function isPlannedGroup(volumeGroup: string): boolean {
  return groups.get(volumeGroup)?.file !== undefined;
}

/** Why the group cannot hold what is planned for this identity together with everything planned before it. */
export async function refusalOf({ digest }: Identity, volumeGroup: string): Promise<Refusal | undefined> {
  const layout = await layoutOf(volumeGroup);
  if (layout === undefined) return undefined;
  const { creates, growths } = planned(volumeGroup);
  const refusals = judge({
    layout,
    growths: [...growths].flatMap(([identity, { lvUuid, toGib }]) => {
      const lv = layout.lvs.find(({ uuid }) => uuid === lvUuid);
      return lv ? [{ identity, lv, toGib }] : [];
    }),
    creates: [...creates].map(([identity, sizeGib]) => ({ identity, sizeGib })),
  });
  return refusals.find(({ identity }) => identity === digest);
}

/** The group as it will be. Nothing where that cannot be known: a group that exists but is not to be seen just now. */
async function layoutOf(volumeGroup: string): Promise<Layout | undefined> {
  const { file } = planned(volumeGroup);
  const group = (await recentGroups()).find(({ name }) => name === volumeGroup);
  if (group === undefined) return file?.isNew ? emptyLayout(file.sizeGib * gibBytes) : undefined;
  const [pv] = group.pvs;
  return file && pv ? grownLayout(group, pv.uuid, file.sizeGib * gibBytes) : group;
}

function planned(volumeGroup: string): PlannedGroup {
  const known = groups.get(volumeGroup) ?? { creates: new Map(), growths: new Map() };
  groups.set(volumeGroup, known);
  return known;
}
