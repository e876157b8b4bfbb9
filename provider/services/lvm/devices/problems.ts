import { deviceNumber } from "../../../host/blockDevice.js";
import type { BackendWish, Identity, Problem } from "../../service.js";
import type { Group } from "../report.js";
import { faultOfDevice } from "./fault.js";
import { isSameDevice } from "./match.js";
import { ownerByGroup, ownerByIdentity } from "./ownUuid.js";

/** Whose devices are planned by Backends of this deployment, by device number. */
const planned = new Map<string, string>();

/**
 * What there is against the devices of a Backend. `known` are those that it has had before: by now they may have other
 * names. `own` are the groups that it has, or that a killed create of it left.
 */
export async function deviceProblems(
  identity: Identity,
  { devices }: Pick<BackendWish, "devices">,
  known: readonly string[],
  groups: { readonly own: readonly Group[]; readonly others: readonly Group[] },
): Promise<Problem[]> {
  const owners = [ownerByIdentity(identity), ...groups.own.map(({ uuid }) => ownerByGroup(uuid))];
  const reasons: string[] = [];
  for (const [at, path] of devices.entries()) {
    const shared = faultOfSharing(identity, devices.slice(0, at), path);
    const isOwn = known.includes(path) || groups.own.some(({ pvs }) => pvs.some((pv) => isSameDevice(pv.device, path)));
    const fault = shared ?? (isOwn ? undefined : (await faultOfDevice(path, owners, groups.others))?.reason);
    if (fault !== undefined) reasons.push(fault);
  }
  return reasons.map((reason) => ({ property: "lvm.devices", reason }));
}

function faultOfSharing({ digest }: Identity, before: readonly string[], path: string): string | undefined {
  const twin = before.find((other) => other === path || isSameDevice(other, path));
  if (twin === path) return `has ${path} twice: give it once`;
  if (twin !== undefined) return `has one device twice, as ${twin} and as ${path}: give it once`;
  const number = deviceNumber(path);
  if (number === undefined) return undefined;
  const owner = planned.get(number) ?? digest;
  if (owner !== digest) return `${path} is a device of another Backend in this program: give each its own`;
  planned.set(number, owner);
  return undefined;
}
