import type { Lock } from "../../host/lock.js";
import type { Location } from "../service.js";
import { activationOf } from "./activation/activation.js";
import { attachedElsewhere } from "./attachedElsewhere.js";
import { isLeftInStack, letGo } from "./beginAttachment.js";
import { changeGroup, holdVolume } from "./change.js";
import { clearExtents } from "./clearExtents.js";
import { lvm } from "./command.js";
import { rangesOfVolume } from "./extents.js";
import { parseGroupTags } from "./groupTags.js";
import type { VolumeParts } from "./ids.js";
import { locateVolume } from "./locate.js";
import { forgetMarks } from "./marking.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { retagVolume } from "./retag.js";
import { deletingTag, parseTags } from "./tags.js";

/**
 * Deletes a volume that state records: success too if it is proven gone, or was handed over to another owner. `stack`
 * is the asker's: an Attachment that a killed create of the same stack left half made is let go of first.
 */
export async function removeVolume(parts: VolumeParts, stack: string, location: Location): Promise<void> {
  const purpose = `deleting volume ${parts.lv}`;
  await holdVolume(parts.lv, purpose, () =>
    changeGroup(parts.volumeGroup, purpose, async (lock) => {
      const found = locateVolume(await readGroups({ lock }), parts, location);
      if (typeof found === "string") return;
      await clearAndRemove(found.group, found.lv, stack, lock);
    }),
  );
}

/** Under the group's lock. lvm itself cannot see who uses a volume without device-mapper: we look. */
export async function clearAndRemove(group: Group, lv: LogicalVolume, stack: string, lock: Lock): Promise<void> {
  const activation = activationOf(group);
  activation.require(group);
  if (isLeftInStack(group, lv, stack)) await letGo(group, lv, lock);
  const devices = activation.devicesOf(group, lv);
  if (devices.length > 0) throw attachedElsewhere(group, lv, devices);
  if (!parseTags(lv.tags).deleting) await retagVolume(group, lv, { add: [deletingTag] }, lock);
  const { volumeClear, activation: way } = parseGroupTags(group.tags);
  // What a pool gets back is never shown to another volume.
  if (volumeClear === "zero" && lv.kind !== "thin") {
    for (const range of rangesOfVolume(group, lv)) await clearExtents(group, range, lock);
  }
  await lvm(["lvremove", `${group.name}/${lv.name}`], { lock, deviceMapper: way === "deviceMapper" });
  forgetMarks(group.name, lv.name);
}
