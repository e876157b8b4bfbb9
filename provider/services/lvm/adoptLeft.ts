import type { Lock } from "../../host/lock.js";
import { newMark } from "../mark.js";
import type { Identity, VolumeWish } from "../service.js";
import { clearNewExtents } from "./clearExtents.js";
import { isOnePiece, rangesOfVolume } from "./extents.js";
import { gibBytes } from "./geometry.js";
import { parseGroupTags } from "./groupTags.js";
import { idOfSource } from "./ids.js";
import type { Group, LogicalVolume } from "./report.js";
import { retagVolume } from "./retag.js";
import { creationTags, descriptiveFamilies, markTag, parseTags, tagChanges, volumeTags } from "./tags.js";
import { poolOf } from "./thinPool.js";

/** Which of the volumes that killed creates of an identity left is as one that would be made now. Nobody has used it yet. */
export function findAdoptable(
  group: Group,
  left: readonly LogicalVolume[],
  wish: VolumeWish,
): LogicalVolume | undefined {
  return left.find((lv) => {
    const { deleting, source } = parseTags(lv.tags);
    return (
      isMadeAlike(group, lv) &&
      lv.sizeBytes === wish.size * gibBytes &&
      lv.permission === (wish.readOnly ? "ro" : "rw") &&
      source === (wish.source && idOfSource(wish.source)) &&
      // A copy that is written byte by byte may be half of one.
      (source === undefined || lv.kind === "thin") &&
      !deleting
    );
  });
}

function isMadeAlike(group: Group, lv: LogicalVolume): boolean {
  const pool = poolOf(group);
  if (pool) return lv.kind === "thin" && lv.pool === pool.name;
  return lv.kind === "thick" && (parseGroupTags(group.tags).activation === "deviceMapper" || isOnePiece(lv));
}

/** Makes the volume that a killed create left this one's. Returns its name. */
export async function adoptLeft(
  group: Group,
  lv: LogicalVolume,
  identity: Identity,
  wish: VolumeWish,
  lock: Lock,
): Promise<string> {
  // Earlier releases cleared what they had made only afterwards.
  if (lv.kind === "thick") await clearNewExtents(group, rangesOfVolume(group, lv), lock);
  const { add, remove } = tagChanges(lv.tags, volumeTags(wish), descriptiveFamilies);
  const change = { add: [markTag(newMark(identity)), ...add], remove: [...creationTags(lv.tags), ...remove] };
  await retagVolume(group, lv, change, lock);
  return lv.name;
}
