import type { BackendFacts, BackendWish, Problem } from "../service.js";
import { wantsPool, wayOf } from "./activation/choose.js";
import { refusalOfWay } from "./activation/refuseWay.js";
import { refusalToLeave } from "./devices/leave.js";
import { matchDevices } from "./devices/match.js";
import { parseGroupTags } from "./groupTags.js";
import { refusalToRemovePool } from "./pool/remove.js";
import type { Group } from "./report.js";
import { poolOf } from "./thinPool.js";

/** What a group as it is has against being as wished. */
export function changeProblems(
  group: Group,
  wish: BackendWish,
  recorded: Pick<BackendFacts, "physicalVolumes">,
): Problem[] {
  const { activation } = parseGroupTags(group.tags);
  const problem = (property: string, reason: string | undefined): Problem[] =>
    reason === undefined ? [] : [{ property, reason }];
  const way = wayOf(wish, activation);
  const pool = poolOf(group);
  const losesPool = pool !== undefined && !wantsPool(wish, way, true);
  return [
    ...problem("lvm.adopt", wish.adopt ? undefined : refusalToTakeBack(group)),
    ...deviceProblems(group, wish, recorded),
    ...(losesPool ? problem("lvm.thinPool", refusalToRemovePool(group, pool)) : []),
    ...problem("lvm.activation", refusalOfWay(group, way, losesPool)),
  ];
}

/** Why a group cannot be one that is ours to remove, if so; reads after "has a problem: ". */
export function refusalToTakeBack({ name, tags }: Pick<Group, "name" | "tags">): string | undefined {
  const { adopted, made } = parseGroupTags(tags);
  if (!adopted || made) return undefined;
  return `cannot be taken back: volume group ${name} was made by somebody else. Leave it true; without the Backend the group stays as it is`;
}

function deviceProblems(
  group: Group,
  { devices }: BackendWish,
  { physicalVolumes }: Pick<BackendFacts, "physicalVolumes">,
): Problem[] {
  const { added, removed } = matchDevices(group, devices, physicalVolumes);
  const reasons = removed.map((pv) => refusalToLeave(group, pv)).filter((reason) => reason !== undefined);
  if (reasons.length === 0 && removed.length === group.pvs.length && added.length === 0)
    reasons.push(`cannot all be removed: volume group ${group.name} would have no device left. Keep one`);
  return reasons.map((reason) => ({ property: "lvm.devices", reason }));
}
