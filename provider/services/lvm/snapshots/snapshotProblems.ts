import { faultOfDeviceMapper } from "../../../host/kernel.js";
import type { Identity, Problem, SnapshotWish } from "../../service.js";
import { activationOf } from "../activation/activationOf.js";
import { recentGroups } from "../change.js";
import { partsOf } from "../ids.js";
import { isPlannedGroup, plannedBackend, planSnapshot, refusalsIn, settle } from "../plan.js";
import { promisesOf } from "../pool/promises.js";
import { snapshotRefusal } from "../refusalWords.js";
import type { Group, LogicalVolume } from "../report.js";
import { parseTags } from "../tags.js";
import { poolName } from "../thinPool.js";
import { loopReason } from "./refuseLoopActivation.js";

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
  const reason = refusalOf(group, lv) ?? (lv.kind === "thin" ? undefined : await roomReason(identity, group, lv));
  return reason === undefined ? [] : [problem(reason)];
}

/** Where the kernel cannot show one, no group has it. Of groups that could and do not, only a volume's own tells. */
export function problemsOfAny(): Problem[] {
  const unfit = faultOfDeviceMapper();
  return unfit === undefined ? [] : [problem(`cannot have a snapshot: that needs device-mapper, ${unfit}`)];
}

function refusalOf(group: Group, lv: LogicalVolume): string | undefined {
  const { ours, deleting } = parseTags(lv.tags);
  const loop = loopReason(group, plannedBackend(group.name)?.activation);
  if (loop !== undefined) return `cannot have a snapshot: that ${loop}`;
  if (!ours) return "was not made by blockbox, so it is left alone. Give another";
  if (deleting) return "cannot have a snapshot: its deletion has begun";
  if (lv.kind !== "thin") return undefined;
  const fault = promisesOf(group, plannedBackend(group.name)?.pool)?.fault;
  return fault && `cannot have a snapshot: thin pool ${group.name}/${poolName(group.name)} ${fault}`;
}

/** A thick one needs room for all that may change. */
async function roomReason(identity: Identity, { name }: Group, lv: LogicalVolume): Promise<string | undefined> {
  planSnapshot(identity, name, lv);
  const refusal = (await refusalsIn(name)).find((one) => one.identity === identity.digest);
  if (refusal?.kind !== "room") return undefined;
  settle(identity);
  return snapshotRefusal(name, refusal);
}

function problem(reason: string): Problem {
  return { property: "volume", reason };
}
