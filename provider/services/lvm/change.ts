import { type Lock, withLock } from "../../host/lock.js";
import { notice } from "../../host/notice.js";
import { type Group, readGroups } from "./report.js";

/** How old a report may be that a read uses, counted from its beginning. */
const recentMs = 2_000;

let recent: { readonly beganAt: number; readonly groups: Promise<Group[]> } | undefined;

/** The groups of this host, for reads and previews: from a report that began at most 2 s ago and after our last change. */
export async function recentGroups(): Promise<Group[]> {
  if (recent === undefined || performance.now() - recent.beganAt > recentMs) {
    recent = { beganAt: performance.now(), groups: readGroups() };
  }
  const { groups } = recent;
  try {
    const seenNow = await groups;
    earlier = seenNow;
    return seenNow;
  } catch (error) {
    forgetReport();
    throw error;
  }
}

function forgetReport(): void {
  recent = undefined;
}

/** What this process has last seen, however old, if anything: for what never changes. */
let earlier: readonly Group[] = [];

export function earlierGroups(): readonly Group[] {
  return earlier;
}

/** What has been seen under a lock since it was taken, by callers that share it. */
const seen = new WeakMap<Lock, Promise<Group[]>>();

/** Locks under which the change that is being made is written into what has been seen. */
const foretold = new WeakSet<Lock>();

/** Reports that are wanted once all callers that share a lock have made their changes. */
const afterwards = new WeakMap<Lock, PromiseWithResolvers<Group[]>>();

/**
 * Runs a change of one group's metadata or extents: one at a time on this host, even behind the children of a killed
 * process. Callers of this process that queue up share the lock for a while, and what they see under it.
 */
export function changeGroup<T>(volumeGroup: string, purpose: string, body: (lock: Lock) => Promise<T>): Promise<T> {
  return withLock(
    `vg-${volumeGroup}`,
    purpose,
    async (lock) => {
      try {
        return await body(lock);
      } finally {
        forgetReport();
        if (!foretold.delete(lock)) seen.delete(lock);
      }
    },
    { notify: notice, beforeRelease: reportAfterwards },
  );
}

/** The groups of this host under a lock: read when it was taken, with all that was changed under it since. */
export function groupsUnder(lock: Lock): Promise<Group[]> {
  const groups = seen.get(lock) ?? readGroups({ lock });
  seen.set(lock, groups);
  return groups;
}

/** What the body of this change has done to its group: so the next caller that shares the lock need not look again. */
export function foretell(lock: Lock, volumeGroup: string, change: (group: Group) => Group): void {
  const groups = groupsUnder(lock);
  seen.set(
    lock,
    groups.then((all) => all.map((group) => (group.name === volumeGroup ? change(group) : group))),
  );
  foretold.add(lock);
}

/**
 * The groups as all callers that share a lock have left them, from one report for all. To be asked for under the lock,
 * and to be waited for when it has been let go of.
 */
export function groupsAfterwards(lock: Lock): { readonly groups: Promise<Group[]> } {
  const wanted = afterwards.get(lock) ?? Promise.withResolvers<Group[]>();
  afterwards.set(lock, wanted);
  // A caller whose change failed in the end does not wait.
  wanted.promise.catch(() => undefined);
  return { groups: wanted.promise };
}

async function reportAfterwards(lock: Lock): Promise<void> {
  const wanted = afterwards.get(lock);
  if (wanted === undefined) return;
  const beganAt = performance.now();
  try {
    const groups = await readGroups({ lock });
    recent = { beganAt, groups: Promise.resolve(groups) };
    earlier = groups;
    wanted.resolve(groups);
  } catch (error) {
    wanted.reject(error);
  }
}

/** Runs work on one volume and its device. Taken before the group's lock, never after. */
export function holdVolume<T>(lv: string, purpose: string, body: (lock: Lock) => Promise<T>): Promise<T> {
  return withLock(lv, purpose, body, { notify: notice });
}
