import type { Identity, PoolReference, VolumeSource } from "../service.js";
import { recentGroups } from "./change.js";
import { changesOf, grownBytes } from "./changesOf.js";
import { foreseeGroup, type PlannedBackend } from "./foreseenGroup.js";
import { growth } from "./growth.js";
import { groupOfBackend } from "./ids.js";
import { judge } from "./judge.js";
import { notedPlan, notePlanned, noteSettled } from "./planNotes.js";
import type { Intent, Refusal } from "./plannedChanges.js";
import type { ExtentRange, Group, LogicalVolume } from "./report.js";

/** What this deployment still means to do in one group, by identity: set, never added, since a check may come twice. */
interface PlannedGroup {
  backend?: PlannedBackend;
  readonly intents: Map<string, Intent>;
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

export function planVolume({ digest }: Identity, volumeGroup: string, sizeGib: number, source?: VolumeSource): void {
  plan(volumeGroup, digest, { kind: "volume", sizeGib, source });
}

export function planGrowth({ digest }: Identity, volumeGroup: string, { uuid }: LogicalVolume, toGib: number): void {
  plan(volumeGroup, digest, { kind: "growth", lvUuid: uuid, toGib });
}

export function planSnapshot({ digest }: Identity, volumeGroup: string, { uuid }: LogicalVolume): void {
  plan(volumeGroup, digest, { kind: "snapshot", lvUuid: uuid });
}

/** Returns false where another Attachment of this deployment is to have the volume. */
export function planAttachment({ digest }: Identity, volumeGroup: string, { uuid }: LogicalVolume): boolean {
  const isTaken = ([identity, intent]: [string, Intent]) =>
    identity !== digest && intent.kind === "attachment" && intent.lvUuid === uuid;
  if ([...planned(volumeGroup).intents].some(isTaken)) return false;
  plan(volumeGroup, digest, { kind: "attachment", lvUuid: uuid });
  return true;
}

function plan(volumeGroup: string, identity: string, intent: Intent): void {
  planned(volumeGroup).intents.set(identity, intent);
  // What the update needs to know for the sake of others' places.
  if (intent.kind === "volume" || intent.kind === "growth") notePlanned(volumeGroup, identity, intent);
}

/** It is done as planned, or will not be. */
export function settle({ digest }: Identity): void {
  for (const [volumeGroup, { intents }] of groups) {
    if (intents.delete(digest)) noteSettled(volumeGroup, digest);
  }
}

/** The sizes of the other volumes still to be made in a group: what is placed now leaves room for them. */
export function stillPlanned(volumeGroup: string, { digest }: Identity): number[] {
  return foreseen(volumeGroup).flatMap(([identity, intent]) =>
    identity !== digest && intent.kind === "volume" ? [intent.sizeGib] : [],
  );
}

/** The free extents that planned growths will need: no new volume may be put there. */
export function reservedRanges(group: Group): ExtentRange[] {
  return foreseen(group.name).flatMap(([, intent]) => {
    if (intent.kind !== "growth") return [];
    const lv = group.lvs.find(({ uuid }) => uuid === intent.lvUuid);
    const answer = lv && growth({ layout: group, lv, toGib: intent.toGib });
    return answer?.ok && answer.range ? [answer.range] : [];
  });
}

/** What this process has heard of, and what the preview before it has. */
function foreseen(volumeGroup: string): [identity: string, Intent][] {
  return [...new Map([...notedPlan(volumeGroup), ...planned(volumeGroup).intents])];
}

/** The size of a volume once it has grown as planned. */
export function foreseenBytes(volumeGroup: string, lv: LogicalVolume): number {
  return grownBytes(planned(volumeGroup).intents, lv);
}

/** Whether a volume is to be made as a copy of that one. */
export function isToBeCopied(volumeGroup: string, id: string): boolean {
  return [...planned(volumeGroup).intents.values()].some(
    (intent) => intent.kind === "volume" && intent.source && "volume" in intent.source && intent.source.volume === id,
  );
}

/** The group that volumes of a Backend go to, if it can be told yet. */
export function groupOf(pool: PoolReference): string | undefined {
  return "backendId" in pool ? groupOfBackend(pool.backendId) : groupsOfBackends.get(pool.backend.digest);
}

/** Whether a Backend of this deployment is to make or bring back the group. */
export function isPlannedGroup(volumeGroup: string): boolean {
  return groups.get(volumeGroup)?.backend !== undefined;
}

/** What of all that is planned in the group it cannot hold: growths first, then all else in the order of the checks. */
export async function refusalsIn(volumeGroup: string): Promise<Refusal[]> {
  const { backend, intents } = planned(volumeGroup);
  const found = (await recentGroups()).find(({ name }) => name === volumeGroup);
  const group = foreseeGroup(volumeGroup, found, backend, new Set(intents.keys()));
  return group ? judge({ ...group, ...changesOf(intents, group) }) : [];
}

function planned(volumeGroup: string): PlannedGroup {
  const known = groups.get(volumeGroup) ?? { intents: new Map() };
  groups.set(volumeGroup, known);
  return known;
}
