import { BlockboxError } from "../../errors.js";
import { machineId } from "../../host/machine.js";
import type { Location } from "../service.js";
import { pathIn } from "./devices/pathTags.js";
import type { VolumeParts } from "./ids.js";
import type { Group, LogicalVolume } from "./report.js";
import { parseTags } from "./tags.js";
import { isBuried } from "./tombstone.js";

/** What can be said of a volume that state records. Only "gone" and "handedOver" are proof that it is not ours to look after. */
export type Located = { readonly group: Group; readonly lv: LogicalVolume } | "gone" | "handedOver";

/**
 * The group of that name, and of the recorded UUID if there is one: visible, whole and ours. Anything less is an error,
 * never an absence (rule 9): NOT_HERE, or NOT_OURS.
 */
export function locateGroup(groups: readonly Group[], volumeGroup: string, location?: Location): Group {
  if (location !== undefined) refuseOtherMachine(volumeGroup, location);
  const group = groups.find(({ uuid, name }) => (location ? uuid === location.vgUuid : name === volumeGroup));
  if (group === undefined) throw notVisible(volumeGroup, groups, location);
  if (!group.complete) throw incomplete(group);
  if (group.name !== volumeGroup)
    throw notOurs(`Volume group ${volumeGroup} was renamed to ${group.name}`, `vgrename ${group.name} ${volumeGroup}`);
  if (!parseTags(group.tags).ours)
    throw notOurs(`Volume group ${volumeGroup} does not carry our tag`, `vgchange --addtag blockbox ${volumeGroup}`);
  return group;
}

/** What is to be seen here says nothing of what lives on another machine. */
export function refuseOtherMachine(volumeGroup: string, location: Location): void {
  const here = machineId();
  if (location.machineId === here) return;
  throw new BlockboxError(
    "NOT_HERE",
    `Volume group ${volumeGroup} lives on another machine (${location.machineId}; this is ${here}). Run there; nothing was changed here.`,
  );
}

/** A volume by what state records of it, or (without a location) by its name alone. Throws NOT_HERE or NOT_OURS. */
export function locateVolume(
  groups: readonly Group[],
  { volumeGroup, lv: name }: VolumeParts,
  location?: Location,
): Located {
  if (location !== undefined) {
    refuseOtherMachine(volumeGroup, location);
    // Its Backend was removed, which only happens to an empty one.
    if (isBuried(location.vgUuid)) return "gone";
  }
  const group = locateGroup(groups, volumeGroup, location);
  const lv = group.lvs.find((one) =>
    location?.lvUuid === undefined ? one.name === name : one.uuid === location.lvUuid,
  );
  if (lv === undefined) return "gone";
  const { ours } = parseTags(lv.tags);
  if (lv.name === name && ours) return { group, lv };
  if (lv.name !== name && !ours) return "handedOver";
  if (ours)
    throw notOurs(
      `Logical volume ${volumeGroup}/${name} was renamed to ${lv.name}`,
      `lvrename ${volumeGroup} ${lv.name} ${name}`,
    );
  throw notOurs(
    `Logical volume ${volumeGroup}/${name} no longer carries our tag`,
    `lvchange --addtag blockbox ${volumeGroup}/${name}`,
  );
}

/** As locateVolume, where a volume that is not there is an error too. */
export function requireVolume(
  groups: readonly Group[],
  parts: VolumeParts,
  location?: Location,
): { group: Group; lv: LogicalVolume } {
  const found = locateVolume(groups, parts, location);
  if (typeof found !== "string") return found;
  throw new BlockboxError(
    "NOT_FOUND",
    `Volume ${parts.volumeGroup}/${parts.lv} is gone: its volume group is whole and does not hold it. Run \`pulumi refresh\`, so that the next update makes a new one.`,
  );
}

/** Says which devices are missing, by the names that they were given under. */
export function incomplete({ name, pvs }: Group): BlockboxError {
  const missing = pvs.filter((pv) => pv.missing).map(({ uuid, tags }) => pathIn(tags) ?? `physical volume ${uuid}`);
  const are = missing.length === 1 ? "is" : "are";
  return new BlockboxError(
    "NOT_HERE",
    `Volume group ${name} is incomplete: ${missing.join(", ")} ${are} missing, which does not prove that anything is gone. Bring the device back (under any name), then run again.`,
  );
}

function notVisible(volumeGroup: string, groups: readonly Group[], location: Location | undefined): BlockboxError {
  const other = location && groups.find(({ name }) => name === volumeGroup);
  const found = other ? `; a group of that name has another UUID (${other.uuid}, not ${location.vgUuid})` : "";
  return new BlockboxError(
    "NOT_HERE",
    `Volume group ${volumeGroup} cannot be seen on this host${found}, which does not prove that it is gone. ` +
      "After a reboot `pulumi up` brings its Backend back; else see that the file system with its file is mounted.",
  );
}

function notOurs(what: string, mend: string): BlockboxError {
  return new BlockboxError(
    "NOT_OURS",
    `${what}, so it is left alone. If it is still yours to manage here: \`lvm ${mend}\`.`,
  );
}
