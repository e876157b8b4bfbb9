import { listMappedDevices } from "../../../host/deviceMapper.js";
import { isOnePiece } from "../extents.js";
import { parseGroupTags } from "../groupTags.js";
import type { Group, LogicalVolume } from "../report.js";
import { poolOf } from "../thinPool.js";
import { activeVolumes } from "./activeVolumes.js";
import type { Way } from "./choose.js";
import { loopsOn } from "./deviceMapper.js";

/**
 * Why the volumes of a group cannot become devices in another way from now on, if so; reads after "has a problem: ".
 * `withoutPool`: its pool goes in the same change.
 */
export function refusalOfWay(group: Group, to: Way, withoutPool: boolean): string | undefined {
  const { activation: from } = parseGroupTags(group.tags);
  if (from === to) return undefined;
  const loops = loopsOn(group).map(({ path }) => path);
  if (loops.length > 0)
    return `cannot change to ${to} while extents of ${group.name} are shown by ${loops.join(", ")}: remove the Attachments of its volumes first (or \`losetup -d\` what is not blockbox's)`;
  const pool = withoutPool ? poolOf(group) : undefined;
  const uuids = listMappedDevices().map(({ uuid }) => uuid);
  const active = activeVolumes({ ...group, lvs: group.lvs.filter((lv) => isBeside(group, lv, pool)) }, uuids);
  const attached = active.filter((name) => name !== poolOf(group)?.name);
  if (attached.length > 0)
    return `cannot change to ${to} while ${attached.join(", ")} of ${group.name} ${attached.length === 1 ? "has a device" : "have devices"}: remove the Attachments first (or \`lvchange -an\` what is not blockbox's)`;
  if (to === "deviceMapper") return undefined;
  const unfit = group.lvs
    .filter((lv) => lv.kind !== "hidden" && isBeside(group, lv, pool) && !(lv.kind === "thick" && isOnePiece(lv)))
    .map(({ name, kind }) => (kind === "thinPool" ? `${name} (a thin pool: set lvm.thinPool to false)` : name));
  if (unfit.length === 0) return undefined;
  return `cannot change to loop, which only shows volumes that are one linear piece, and ${unfit.join(", ")} of ${group.name} ${unfit.length === 1 ? "is not" : "are not"}`;
}

/** Whether it is neither that pool nor a part of one. */
function isBeside({ lvs }: Group, lv: LogicalVolume, pool: LogicalVolume | undefined): boolean {
  return lv !== pool && !(lv.kind === "hidden" && lvs.some(({ kind }) => kind === "thinPool"));
}
