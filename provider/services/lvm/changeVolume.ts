import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import type { Location, VolumeFacts, VolumeWish } from "../service.js";
import { activationOf } from "./activation/activationOf.js";
import { attachedElsewhere } from "./attachedElsewhere.js";
import { changeGroup, holdVolume } from "./change.js";
import { clearExtents } from "./clearExtents.js";
import { lvm } from "./command.js";
import { rangeOfVolume, refuseUsedExtents } from "./extents.js";
import { gibBytes } from "./geometry.js";
import { growVolume } from "./growVolume.js";
import type { VolumeParts } from "./ids.js";
import { requireVolume } from "./locate.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { retagVolume } from "./retag.js";
import { clearTag, descriptiveFamilies, markTag, parseTags, tagChanges, volumeTags } from "./tags.js";
import { volumeFacts } from "./volumeFacts.js";

/** Brings a volume's tags and size to what is wanted, and finishes a growth that was cut short. */
export async function changeVolume(parts: VolumeParts, wish: VolumeWish, location: Location): Promise<VolumeFacts> {
  return holdVolume(parts.lv, `changing volume ${wish.name}`, () =>
    changeGroup(parts.volumeGroup, `changing volume ${wish.name}`, async (lock) => {
      const { group, lv } = requireVolume(await readGroups({ lock }), parts, location);
      refuseUnfinished(group, lv);
      activationOf(group).require(group);
      await changeTags(group, lv, wish, lock);
      await changePermission(group, lv, wish.readOnly, lock);
      await finishClearing(group, lv, lock);
      if (lv.sizeBytes < wish.size * gibBytes) await growVolume(group, lv, wish.size, lock);
      return volumeFacts(group, lv);
    }),
  );
}

/** A volume whose deletion has begun may be cleared in part already: nobody may go on using it. */
export function refuseUnfinished(group: Group, lv: LogicalVolume): void {
  if (!parseTags(lv.tags).deleting) return;
  throw new BlockboxError(
    "UNFINISHED",
    `The deletion of volume ${group.name}/${lv.name} has begun and was cut short; its data may be gone in part. Remove it from the program, or run \`pulumi destroy\`, to finish.`,
  );
}

/** Tags say what a user says of the volume. Its mark goes too: an update comes from a state that knows it. */
async function changeTags(group: Group, lv: LogicalVolume, wish: VolumeWish, lock: Lock): Promise<void> {
  const { add, remove } = tagChanges(lv.tags, volumeTags(wish), descriptiveFamilies);
  const { mark } = parseTags(lv.tags);
  await retagVolume(group, lv, { add, remove: [...remove, ...(mark ? [markTag(mark)] : [])] }, lock);
}

/** lvm's own permission, which outlasts a device. As in Cinder only while the volume has none. */
async function changePermission(group: Group, lv: LogicalVolume, readOnly: boolean, lock: Lock): Promise<void> {
  if ((lv.permission === "ro") === readOnly) return;
  const devices = activationOf(group).devicesOf(group, lv);
  if (devices.length > 0) throw attachedElsewhere(group, lv, devices);
  await lvm(["lvchange", "--permission", readOnly ? "r" : "rw", `${group.name}/${lv.name}`], { lock });
}

/**
 * Earlier releases cleared what a growth added only afterwards, and said by a tag from where on. While it is there,
 * nobody has been shown what lies beyond: whoever shows a volume calls this first.
 */
export async function finishClearing(group: Group, lv: LogicalVolume, lock: Lock): Promise<void> {
  const { clearFrom } = parseTags(lv.tags);
  if (clearFrom === undefined) return;
  const whole = rangeOfVolume(group, lv);
  const rest = {
    ...whole,
    offsetBytes: whole.offsetBytes + clearFrom,
    lengthBytes: whole.lengthBytes - clearFrom,
  };
  // Nothing is left to clear when the process was killed before lvextend.
  if (rest.lengthBytes > 0) {
    refuseUsedExtents(rest);
    await clearExtents(group, rest, lock);
  }
  await retagVolume(group, lv, { remove: [clearTag(clearFrom)] }, lock);
}
