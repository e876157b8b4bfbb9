import { hasDeviceMapper } from "../../host/kernel.js";
import type { Lock } from "../../host/lock.js";
import { activationOf } from "./activation/activationOf.js";
import { changeGroup, earlierGroups, groupsUnder, holdVolume, recentGroups } from "./change.js";
import type { VolumeParts } from "./ids.js";
import type { Group } from "./report.js";
import { parseTags } from "./tags.js";

/** The volume, or the snapshot, that a change is of, and the volume whose lock guards that, if it is another. */
interface Guarded extends VolumeParts {
  readonly guard?: string;
}

/**
 * Runs a change that is wholly under its group's lock, while nobody works on the volume. Who does so without the group's
 * lock has the volume's own, and a device of it or a note in its tags. One in a pool that has neither needs no lock of
 * its own, which costs the start of a process each time.
 */
export async function changeUnused<T>(
  { volumeGroup, lv, guard = lv }: Guarded,
  purpose: string,
  body: (lock: Lock) => Promise<T>,
): Promise<T> {
  const isUnused = (groups: readonly Group[]) => isUnusedIn(groups, { volumeGroup, lv });
  if (hasDeviceMapper() && isUnused(await knownGroups(volumeGroup))) {
    const done = await changeGroup(volumeGroup, purpose, async (lock) =>
      isUnused(await groupsUnder(lock)) ? { result: await body(lock) } : undefined,
    );
    if (done !== undefined) return done.result;
  }
  return holdVolume(guard, purpose, () => changeGroup(volumeGroup, purpose, body));
}

/** Good enough to guess by. */
async function knownGroups(volumeGroup: string): Promise<readonly Group[]> {
  const earlier = earlierGroups();
  return earlier.some(({ name }) => name === volumeGroup) ? earlier : recentGroups();
}

/** A thick one may be in use without a sign, by a copy that reads it. */
function isUnusedIn(groups: readonly Group[], { volumeGroup, lv: name }: VolumeParts): boolean {
  const group = groups.find((one) => one.name === volumeGroup);
  const lv = group?.lvs.find((one) => one.name === name);
  if (group === undefined || lv?.kind !== "thin") return false;
  const { attachmentMark, mount, madeDirectory, formatting, copying, deleting, clearFrom } = parseTags(lv.tags);
  const isNoted = [attachmentMark, mount, madeDirectory, clearFrom].some((note) => note !== undefined);
  return !isNoted && !formatting && !copying && !deleting && activationOf(group).devicesOf(group, lv).length === 0;
}
