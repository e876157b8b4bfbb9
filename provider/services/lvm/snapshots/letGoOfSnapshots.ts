import { BlockboxError } from "../../../errors.js";
import type { Lock } from "../../../host/lock.js";
import type { Group, LogicalVolume } from "../report.js";
import { parseTags } from "../tags.js";
import { clearAndRemoveSnapshot } from "./removeSnapshot.js";
import { snapshotsOf } from "./snapshotsOf.js";

/**
 * Before a volume is deleted, under the group's lock: lvm would take the snapshots of a thick one along without asking.
 * Throws IN_USE while it has some, unless they are to go with it; somebody else's never are.
 */
export async function letGoOfSnapshots(
  group: Group,
  volume: LogicalVolume,
  { stack, cascade }: { readonly stack: string; readonly cascade: boolean },
  lock: Lock,
): Promise<void> {
  const { own, left, foreign } = snapshotsOf(group, volume, stack);
  if (foreign.length > 0 || (own.length > 0 && !cascade)) throw held(group, volume, own, foreign);
  for (const snapshot of [...left, ...own]) await clearAndRemoveSnapshot(group, snapshot, lock);
}

function held(
  group: Group,
  volume: LogicalVolume,
  own: readonly LogicalVolume[],
  foreign: readonly LogicalVolume[],
): BlockboxError {
  const path = ({ name }: LogicalVolume) => `${group.name}/${name}`;
  const names = [
    ...own.map((lv) => `${parseTags(lv.tags).name ?? lv.name} (${path(lv)})`),
    ...foreign.map((lv) => `${path(lv)}, which is not ours`),
  ];
  const remedies = [
    ...(own.length > 0
      ? ["delete these Snapshots first, or set `cascade` of the Volume, run `pulumi up`, and delete it then"]
      : []),
    ...foreign.map((lv) => `once nobody needs it, \`lvm lvremove ${path(lv)}\``),
  ];
  const sentence = remedies.join("; ");
  return new BlockboxError(
    "IN_USE",
    `Volume ${path(volume)} has snapshots, which would be lost with it: ${names.join("; ")}. ${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`,
  );
}
