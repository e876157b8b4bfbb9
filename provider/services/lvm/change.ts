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
    return await groups;
  } catch (error) {
    forgetReport();
    throw error;
  }
}

function forgetReport(): void {
  recent = undefined;
}

/** Runs a change of one group's metadata or extents: one at a time on this host, even behind the children of a killed process. */
export function changeGroup<T>(volumeGroup: string, purpose: string, body: (lock: Lock) => Promise<T>): Promise<T> {
  return withLock(
    `vg-${volumeGroup}`,
    purpose,
    async (lock) => {
      try {
        return await body(lock);
      } finally {
        forgetReport();
      }
    },
    { notify: notice },
  );
}

/** Runs work on one volume and its device. Taken before the group's lock, never after. */
export function holdVolume<T>(lv: string, purpose: string, body: (lock: Lock) => Promise<T>): Promise<T> {
  return withLock(lv, purpose, body, { notify: notice });
}
