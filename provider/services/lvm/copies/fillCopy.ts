import { copyPieces, type DevicePiece, piecesBeyond } from "../../../host/copy.js";
import { mappedStatus } from "../../../host/deviceMapper.js";
import type { Lock } from "../../../host/lock.js";
import { notice } from "../../../host/notice.js";
import type { VolumeSource } from "../../service.js";
import { activationOf } from "../activation/activationOf.js";
import { changeGroup, holdVolume } from "../change.js";
import { finishClearing } from "../changeVolume.js";
import { clearExtents, isOnFile } from "../clearExtents.js";
import { type ByteRange, rangesOfVolume } from "../extents.js";
import { gibBytes } from "../geometry.js";
import { parseGroupTags } from "../groupTags.js";
import { locateGroup } from "../locate.js";
import { holdingPhysicalVolume } from "../physicalVolume.js";
import { clearAndRemove } from "../removeVolume.js";
import { type Group, type LogicalVolume, readGroups } from "../report.js";
import { retagVolume } from "../retag.js";
import { take } from "../snapshots/makeSnapshot.js";
import { clearAndRemoveSnapshot } from "../snapshots/removeSnapshot.js";
import { forCopyTag, isForCopy, takenOf, takenTags } from "../snapshots/snapshotTags.js";
import { copyingTag, ownTag, parseTags } from "../tags.js";
import { viewSnapshot } from "./snapshotView.js";
import { refuseLost, requireSource, type Source } from "./source.js";

/** A copy that has begun: from a volume that is not attached, or from a snapshot. */
interface Copy {
  readonly group: Group;
  readonly target: LogicalVolume;
  readonly from: LogicalVolume;
  readonly sizeBytes: number;
}

/**
 * Fills a new thick volume, byte by byte, with what its source holds; its lock, and that of the source, are held by every
 * child. Not under the group's lock, so that others can go on. What is beyond the source reads as zeros. If it fails, the
 * volume is taken away again.
 */
export async function fillCopy(
  volumeGroup: string,
  name: string,
  source: VolumeSource,
  sourceLock: Lock,
): Promise<void> {
  const purpose = `copying to volume ${volumeGroup}/${name}`;
  const change = <T>(body: (groupLock: Lock) => Promise<T>) => changeGroup(volumeGroup, purpose, body);
  await holdVolume(name, purpose, async (lock) => {
    try {
      const copy = await change((groupLock) => begin(volumeGroup, name, source, groupLock));
      await copyBytes(copy, [lock, sourceLock]);
      await change((groupLock) => finish(copy, groupLock));
    } catch (error) {
      await change((groupLock) => giveUp(volumeGroup, name, groupLock)).catch((undoError) =>
        notice(`What was copied to ${volumeGroup}/${name} could not be removed yet: ${undoError.message}`),
      );
      throw error;
    }
  });
}

/**
 * Runs work on a volume that a killed create left, once what a killed copy's last child still writes to it has ended.
 * Under the group's lock: only a dead process can have the volume's.
 */
export async function onceCopied<T>({ name, tags }: LogicalVolume, work: () => Promise<T>): Promise<T> {
  if (!parseTags(tags).copying) return work();
  return holdVolume(name, `removing what was copied to volume ${name}`, work);
}

async function begin(volumeGroup: string, name: string, wanted: VolumeSource, lock: Lock): Promise<Copy> {
  const source = requireSource(await readGroups({ lock }), volumeGroup, wanted);
  await finishClearing(source.group, source.lv, lock);
  // Earlier ones are of copies that were killed: we hold the source.
  await removeTemporary(source.group, (lv) => takenOf(lv).of === source.volume, lock);
  const from = await still(source, name, lock);
  const group = locateGroup(await readGroups({ lock }), volumeGroup);
  const { sizeBytes } = source;
  return { group, target: named(group, name), from: named(group, from), sizeBytes };
}

/** Name of what does not change while it is copied: a snapshot, taken for that if need be, or a volume that is not attached. */
async function still({ group, lv, sizeBytes }: Source, copy: string, lock: Lock): Promise<string> {
  const changes = lv.kind !== "thickSnapshot" && activationOf(group).devicesOf(group, lv).length > 0;
  if (!changes) return lv.name;
  const taken = takenTags({ of: lv.name, sizeGib: sizeBytes / gibBytes });
  return take(group, lv, [ownTag, ...taken, forCopyTag(copy)], lock);
}

async function copyBytes({ group, target, from, sizeBytes }: Copy, locks: [Lock, Lock]): Promise<void> {
  const to = rangesOfVolume(group, target);
  const skipZeros = parseGroupTags(group.tags).sparse && to.every(({ device }) => isOnFile(device));
  const copy = async (pieces: readonly DevicePiece[]) => {
    await copyPieces(pieces, to, { skipZeros, locks });
    for (const range of piecesBeyond(to, sizeBytes)) await clearExtents(group, range, locks[0]);
  };
  await holdingAll(to, () => {
    if (from.kind !== "thickSnapshot") return copy(rangesOfVolume(group, from));
    const whole = (device: string) => copy([{ device, offsetBytes: 0, lengthBytes: sizeBytes }]);
    const [shown] = activationOf(group).devicesOf(group, from);
    if (shown) return whole(shown.path);
    return viewSnapshot(group, from, named(group, from.origin), locks[1], async (path) => {
      refuseLost(group, { ...from, invalid: (await mappedStatus(path, locks[1])) === "Invalid" });
      await whole(path);
    });
  });
}

/** The last moment at which a snapshot may turn out to have run full. */
async function finish({ group: { name: volumeGroup }, target, from }: Copy, lock: Lock): Promise<void> {
  const group = locateGroup(await readGroups({ lock }), volumeGroup);
  refuseLost(group, named(group, from.name));
  await removeTemporary(group, (lv) => lv.name === from.name, lock);
  await retagVolume(group, target, { remove: [copyingTag] }, lock);
}

async function giveUp(volumeGroup: string, name: string, lock: Lock): Promise<void> {
  const group = locateGroup(await readGroups({ lock }), volumeGroup);
  await removeTemporary(group, ({ tags }) => tags.includes(forCopyTag(name)), lock);
  const target = group.lvs.find((lv) => lv.name === name);
  if (target) await clearAndRemove(group, target, { stack: "", cascade: false }, lock);
}

async function removeTemporary(group: Group, which: (lv: LogicalVolume) => boolean, lock: Lock): Promise<void> {
  for (const lv of group.lvs.filter((one) => isForCopy(one) && which(one)))
    await clearAndRemoveSnapshot(group, lv, lock);
}

async function holdingAll(ranges: readonly ByteRange[], work: () => Promise<void>): Promise<void> {
  const [first, ...others] = ranges;
  if (first === undefined) return work();
  await holdingPhysicalVolume(first, () =>
    holdingAll(
      others.filter(({ device }) => device !== first.device),
      work,
    ),
  );
}

function named(group: Group, name: string): LogicalVolume {
  const lv = group.lvs.find((one) => one.name === name);
  if (lv === undefined) throw new TypeError(`volume group ${group.name} lost ${name} while it was locked`);
  return lv;
}
