import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import type { Location } from "../service.js";
import { activationOf } from "./activation/activationOf.js";
import { attachedElsewhere } from "./attachedElsewhere.js";
import { isLeftInStack, letGo } from "./beginAttachment.js";
import { groupsUnder } from "./change.js";
import { changeUnused } from "./changeUnused.js";
import { clearExtents } from "./clearExtents.js";
import { type LvmOptions, lvm } from "./command.js";
import { rangesOfVolume } from "./extents.js";
import { parseGroupTags } from "./groupTags.js";
import type { VolumeParts } from "./ids.js";
import { locateVolume } from "./locate.js";
import { forgetMarks } from "./marking.js";
import type { Group, LogicalVolume } from "./report.js";
import { retagVolume } from "./retag.js";
import { letGoOfSnapshots } from "./snapshots/letGoOfSnapshots.js";
import { hasSnapshots } from "./snapshots/snapshotsOf.js";
import { deletingTag, parseTags } from "./tags.js";
import { foretellGone } from "./thinVolume.js";

interface Removal {
  /** The asker's: what killed creates of the same stack left of Attachments and Snapshots is let go of first. */
  readonly stack: string;
  /** Whether its snapshots go with it. */
  readonly cascade: boolean;
}

/** Deletes a volume that state records: success too if it is proven gone, or was handed over to another owner. */
export async function removeVolume(parts: VolumeParts, removal: Removal, location: Location): Promise<void> {
  await changeUnused(parts, `deleting volume ${parts.lv}`, async (lock) => {
    const found = locateVolume(await groupsUnder(lock), parts, location);
    if (typeof found === "string") return;
    const hadSnapshots = hasSnapshots(found.group, found.lv);
    await clearAndRemove(found.group, found.lv, removal, lock);
    if (found.lv.kind === "thin" && !hadSnapshots) foretellGone(lock, found.group, found.lv);
  });
}

/** Under the group's lock. lvm itself cannot see who uses a volume without device-mapper: we look. */
export async function clearAndRemove(group: Group, lv: LogicalVolume, removal: Removal, lock: Lock): Promise<void> {
  const activation = activationOf(group);
  activation.require(group);
  if (isLeftInStack(group, lv, removal.stack)) await letGo(group, lv, lock);
  const devices = activation.devicesOf(group, lv);
  if (devices.length > 0) throw attachedElsewhere(group, lv, devices);
  await letGoOfSnapshots(group, lv, removal, lock);
  // One in a pool goes in one step.
  if (lv.kind !== "thin" && !parseTags(lv.tags).deleting) await retagVolume(group, lv, { add: [deletingTag] }, lock);
  const { volumeClear, activation: way } = parseGroupTags(group.tags);
  // What a pool gets back is never shown to another volume.
  if (volumeClear === "zero" && lv.kind !== "thin") {
    for (const range of rangesOfVolume(group, lv)) await clearExtents(group, range, lock);
  }
  await removeAlone(group, lv, { lock, deviceMapper: way === "deviceMapper" });
  forgetMarks(group.name, lv.name);
}

/** Should it have got a snapshot just now, past our lock, lvm's own look at it under its own lock says so. */
async function removeAlone({ name: group }: Group, { name }: LogicalVolume, options: LvmOptions): Promise<void> {
  const { stdout } = await lvm(["lvremove", "--select", "lv_role!=thickorigin", `${group}/${name}`], options);
  if (stdout.includes("successfully removed")) return;
  throw new BlockboxError(
    "IN_USE",
    `Volume ${group}/${name} was not removed: somebody has just taken a snapshot of it, which would be lost with it. Run again.`,
  );
}
