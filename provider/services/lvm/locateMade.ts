import { BlockboxError } from "../../errors.js";
import { locateGroup } from "./locate.js";
import { unmarkVolumeWhenQuiet } from "./marking.js";
import type { Group, LogicalVolume } from "./report.js";

/** What a create has just made, as lvm lists it; its mark goes in a quiet moment. Throws COMMAND_FAILED where it is not listed. */
export function locateMade(
  groups: readonly Group[],
  volumeGroup: string,
  name: string,
  what: "volume" | "snapshot",
): { group: Group; lv: LogicalVolume } {
  const group = locateGroup(groups, volumeGroup);
  const lv = group.lvs.find((one) => one.name === name);
  if (lv === undefined)
    throw new BlockboxError("COMMAND_FAILED", `lvm made ${what} ${volumeGroup}/${name}, but does not list it.`);
  unmarkVolumeWhenQuiet(group, lv);
  return { group, lv };
}
