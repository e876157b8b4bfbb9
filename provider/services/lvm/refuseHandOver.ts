import { activationOf } from "./activation/activationOf.js";
import { devicesInUse } from "./attachedElsewhere.js";
import { partsOfVolume, volumeId } from "./ids.js";
import type { Group, LogicalVolume } from "./report.js";
import { snapshotsOf } from "./snapshots/snapshotsOf.js";
import { parseTags } from "./tags.js";

/** Why a logical volume of ours cannot be handed over to another owner just now, if so; reads after "it ". */
export function refusalToHandOver(group: Group, lv: LogicalVolume, stack: string): string | undefined {
  if (partsOfVolume(volumeId(group.name, lv.name)) === undefined)
    return "is no Volume, but belongs to a Backend or Volume";
  const { deleting, copying, formatting, clearFrom } = parseTags(lv.tags);
  if (deleting) return "is half deleted: that was cut short, and a delete finishes it";
  if (copying) return "is half a copy: that was cut short, and the copy's own create finishes it";
  if (formatting || clearFrom !== undefined)
    return "is not ready for use: an attachment or growth was cut short, and another attachment of it here finishes that";
  // To Cinder that is its own flag: the logical volume may be written to.
  if (lv.permission === "ro") return "is read only: have it with readOnly false in a `pulumi up` before";
  const devices = activationOf(group).devicesOf(group, lv);
  if (devices.length > 0) {
    const { uses, command } = devicesInUse(group, lv, devices);
    return `is in use: ${uses}. Remove its Attachment in a \`pulumi up\` before, or let go of it (umount, then \`${command}\`)`;
  }
  const { own, foreign } = snapshotsOf(group, lv, stack);
  const names = [...own, ...foreign].map(
    ({ name, tags }) => `${parseTags(tags).name ?? "not ours"} (${volumeId(group.name, name)})`,
  );
  if (names.length === 0) return undefined;
  return `has snapshots, which would not go with it: ${names.join(", ")}. Delete them in a \`pulumi up\` before`;
}
