import { randomUUID } from "node:crypto";
import { BlockboxError } from "../../../errors.js";
import type { Lock } from "../../../host/lock.js";
import { awaitCreator, isLeftBehind, isNamed } from "../../claims.js";
import { newMark } from "../../mark.js";
import type { Created, Identity, SnapshotFacts, SnapshotWish } from "../../service.js";
import { activationOf } from "../activation/activationOf.js";
import { attachedElsewhere } from "../attachedElsewhere.js";
import { groupsAfterwards, groupsUnder } from "../change.js";
import { changeUnused } from "../changeUnused.js";
import { finishClearing, refuseUnfinished } from "../changeVolume.js";
import { lvm } from "../command.js";
import { gibBytes } from "../geometry.js";
import { partsOf, volumeId } from "../ids.js";
import { requireVolume } from "../locate.js";
import { locateMade } from "../locateMade.js";
import { requirePromise } from "../pool/promises.js";
import { type Group, type LogicalVolume, readGroups } from "../report.js";
import { tagOptions } from "../retag.js";
import { markTag, parseTags, volumeTags } from "../tags.js";
import { foretellThin } from "../thinVolume.js";
import { refuseLoopActivation } from "./refuseLoopActivation.js";
import { clearAndRemoveSnapshot } from "./removeSnapshot.js";
import { snapshotFacts } from "./snapshotFacts.js";
import { snapshotExtents } from "./snapshotRoom.js";
import { isOwnSnapshot } from "./snapshotsOf.js";
import { takenTags } from "./snapshotTags.js";

/**
 * Takes a snapshot. What a killed create of the same identity left behind is removed: one of then is not one of now,
 * which is what the program asks for.
 */
export function makeSnapshot(identity: Identity, wish: SnapshotWish): Promise<Created<SnapshotFacts>> {
  const parts = partsOf(wish.volumeId);
  const purpose = `taking snapshot ${wish.name} of volume ${wish.volumeId}`;
  const make = async (lock: Lock) => {
    const before = requireVolume(await groupsUnder(lock), parts);
    const left = before.group.lvs.filter((one) => isLeft(before.group, one, identity));
    for (const one of left) await clearAndRemoveSnapshot(before.group, one, lock);
    const { group: now, lv } = left.length === 0 ? before : requireVolume(await readGroups({ lock }), parts);
    refuseLoopActivation("A snapshot", now);
    refuseUnfinished(now, lv);
    activationOf(now).require(now);
    const { clearFrom } = parseTags(lv.tags);
    await finishClearing(now, lv, lock);
    if (!wish.force) refuseAttached(now, lv);
    const tags = tagsOf(wish, lv);
    const name = await take(now, lv, [...tags, markTag(newMark(identity))], lock);
    if (lv.kind === "thin" && left.length === 0 && clearFrom === undefined)
      foretellThin(lock, now, { name, sizeBytes: lv.sizeBytes, tags });
    return { name, afterwards: groupsAfterwards(lock) };
  };
  return awaitCreator(async () => {
    // A mkfs on the volume, or a copy of it, ends first.
    const { name, afterwards } = await changeUnused(parts, purpose, make);
    return made(parts.volumeGroup, name, await afterwards.groups);
  });
}

/** Takes a snapshot of a volume, in one command with its tags: also of a mounted one, which lvm freezes. Returns its name. */
export async function take(group: Group, volume: LogicalVolume, tags: readonly string[], lock: Lock): Promise<string> {
  if (volume.kind === "thin") requirePromise(group, 0);
  else refuseWithoutRoom(group, volume);
  const name = `_snapshot-${randomUUID()}`;
  const room = volume.kind === "thin" ? [] : ["--extents", "100%ORIGIN"];
  const options = ["--permission", "r", "--activate", "n", "--name", name, ...tagOptions({ add: tags })];
  await lvm(["lvcreate", "--snapshot", ...room, ...options, `${group.name}/${volume.name}`], {
    lock,
    deviceMapper: true,
  });
  return name;
}

function isLeft(group: Group, lv: LogicalVolume, identity: Identity): boolean {
  if (!isOwnSnapshot(group, lv) || isNamed("Snapshot", volumeId(group.name, lv.name))) return false;
  return isLeftBehind(parseTags(lv.tags).mark, identity);
}

function tagsOf(wish: SnapshotWish, volume: LogicalVolume): string[] {
  const { bootable } = parseTags(volume.tags);
  const taken = { of: volume.name, sizeGib: Math.floor(volume.sizeBytes / gibBytes) };
  return [...volumeTags({ ...wish, bootable }), ...takenTags(taken)];
}

function refuseAttached(group: Group, volume: LogicalVolume): void {
  const devices = activationOf(group).devicesOf(group, volume);
  if (devices.length > 0) throw attachedElsewhere(group, volume, devices);
}

function refuseWithoutRoom(group: Group, volume: LogicalVolume): void {
  const wanted = snapshotExtents(group, volume);
  if (wanted <= group.freeExtents) return;
  const gib = (extents: number) => ((extents * group.extentSizeBytes) / gibBytes).toFixed(2);
  throw new BlockboxError(
    "NO_SPACE",
    `A snapshot of volume ${group.name}/${volume.name} needs ${gib(wanted)} GiB for what will change, and the volume group has ${gib(group.freeExtents)} GiB free. Let the Backend grow, or delete volumes.`,
  );
}

function made(volumeGroup: string, name: string, groups: readonly Group[]): Created<SnapshotFacts> {
  const { group, lv } = locateMade(groups, volumeGroup, name, "snapshot");
  return { id: volumeId(volumeGroup, name), facts: snapshotFacts(group, lv) };
}
