import type { Identity, Problem, SnapshotWish } from "../../service.js";
import { activationOf } from "../activation/activationOf.js";
import { recentGroups } from "../change.js";
import { foreseenLayout } from "../foreseenLayout.js";
import { gibBytes } from "../geometry.js";
import { partsOf } from "../ids.js";
import { extentsIn } from "../placement.js";
import { isPlannedGroup, plannedBackend } from "../plan.js";
import { promisesOf } from "../pool/promises.js";
import type { Group, LogicalVolume } from "../report.js";
import { parseTags } from "../tags.js";
import { poolName } from "../thinPool.js";
import { plannedExtents, planSnapshot } from "./plannedSnapshots.js";
import { loopReason } from "./refuseLoopActivation.js";
import { snapshotExtents } from "./snapshotRoom.js";

/** What a preview can say against taking a snapshot. Notes the room that it will take. */
export async function snapshotProblems(identity: Identity, wish: SnapshotWish): Promise<Problem[]> {
  const { volumeGroup, lv: name } = partsOf(wish.volumeId);
  const group = (await recentGroups()).find((one) => one.name === volumeGroup);
  if (group === undefined) {
    // A Backend of this program may bring it back first, as after a reboot.
    if (isPlannedGroup(volumeGroup)) return [];
    return [problem(`is not there: volume group ${volumeGroup} is not on this host. Give another`)];
  }
  if (!group.complete) return [];
  const lv = group.lvs.find((one) => one.name === name);
  if (lv === undefined) return [problem(`is not there: volume group ${volumeGroup} does not hold it. Give another`)];
  if (!wish.force && activationOf(group).devicesOf(group, lv).length > 0) {
    const words = "is false, and the volume is attached: detach it first, or let force be true";
    return [{ property: "force", reason: words }];
  }
  const reason = refusalOf(group, lv, identity);
  return reason === undefined ? [] : [problem(reason)];
}

function refusalOf(group: Group, lv: LogicalVolume, identity: Identity): string | undefined {
  const { ours, deleting } = parseTags(lv.tags);
  const loop = loopReason(group, plannedBackend(group.name)?.activation);
  if (loop !== undefined) return `cannot have a snapshot: that ${loop}`;
  if (!ours) return "was not made by blockbox, so it is left alone. Give another";
  if (deleting) return "cannot have a snapshot: its deletion has begun";
  if (lv.kind !== "thin") return roomReason(group, lv, identity);
  const fault = promisesOf(group, plannedBackend(group.name)?.pool)?.fault;
  return fault && `cannot have a snapshot: thin pool ${group.name}/${poolName(group.name)} ${fault}`;
}

/** A thick one needs room for all that may change. */
function roomReason(group: Group, lv: LogicalVolume, identity: Identity): string | undefined {
  const wanted = snapshotExtents(group, lv);
  const devices = plannedBackend(group.name)?.devices;
  const layout = devices ? foreseenLayout(group, devices) : group;
  const free = extentsIn(layout.free) - plannedExtents(group.name, identity);
  if (wanted <= free) {
    planSnapshot(identity, group.name, wanted);
    return undefined;
  }
  const gib = (extents: number) => ((Math.max(0, extents) * group.extentSizeBytes) / gibBytes).toFixed(2);
  return `cannot have a snapshot: it needs ${gib(wanted)} GiB for what will change, and volume group ${group.name}, with the other snapshots of this program, has ${gib(free)} GiB free. Let the Backend grow, or delete volumes`;
}

function problem(reason: string): Problem {
  return { property: "volume", reason };
}
