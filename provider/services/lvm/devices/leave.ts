import { realpathSync } from "node:fs";
import type { Lock } from "../../../host/lock.js";
import { deviceClaims } from "../../../host/users.js";
import type { BackendFacts } from "../../service.js";
import { lvm } from "../command.js";
import { extentsStartBytes } from "../geometry.js";
import { holdingPhysicalVolume, uuidOnDevice } from "../physicalVolume.js";
import { type Group, type Host, type LogicalVolume, type PhysicalVolume, readGroups } from "../report.js";
import { parseTags } from "../tags.js";
import { isSameDevice } from "./match.js";
import { isPvUuidOf, ownerByGroup, type PvOwner } from "./ownUuid.js";
import { pathIn } from "./pathTags.js";
import { clearHead, clearText } from "./remainder.js";

/** Why a physical volume cannot leave its group, if so; reads after "has a problem: ". */
export function refusalToLeave({ name, lvs }: Group, pv: PhysicalVolume): string | undefined {
  const path = pathIn(pv.tags) ?? pv.device;
  const onIt = lvs.filter(({ segments }) => segments.some(({ pvUuid }) => pvUuid === pv.uuid));
  if (onIt.length === 0) return undefined;
  const known = path === pv.device ? path : `${path} (now ${pv.device})`;
  return `cannot remove ${known} from volume group ${name}: on it are parts of ${onIt.map(describe).join(", ")}. Move them away with \`pvmove ${pv.device}\`, or remove them, first`;
}

function describe({ name, tags }: LogicalVolume): string {
  const { name: given } = parseTags(tags);
  return given === undefined ? name : `${name} (${given})`;
}

/** Takes a physical volume that holds no part of any volume out of its group, and off its device. */
export async function reduceGroup({ name }: Pick<Group, "name">, pv: PhysicalVolume, lock: Lock): Promise<void> {
  await lvm(["vgreduce", name, pv.device], { lock });
  await unmakePhysicalVolume(pv, lock);
}

/**
 * Takes a physical volume that is in no group off its device: with lvm's metadata, which pvremove leaves, so that the
 * device is as blank as it was. Its label goes last, so that a re-run knows it; what is left for a moment then, isRemainder
 * knows.
 */
export async function unmakePhysicalVolume(
  { device, uuid, peStartBytes }: Pick<PhysicalVolume, "device" | "uuid" | "peStartBytes">,
  lock: Lock,
): Promise<void> {
  await holdingPhysicalVolume({ device, pvUuid: uuid }, async () => {
    await clearText(device, peStartBytes, lock);
    await lvm(["pvremove", device], { lock });
    await clearHead(device, lock);
  });
}

/**
 * Those of a host's physical volumes that were on their way into a group of ours or out of it when a run was cut short:
 * in no group, and known by state, or by the UUID that we gave them.
 */
export function orphansOf(
  { orphans }: Pick<Host, "orphans">,
  vgUuid: string,
  physicalVolumes: BackendFacts["physicalVolumes"] = {},
): PhysicalVolume[] {
  const recorded = Object.values(physicalVolumes);
  return orphans.filter(
    ({ device, uuid }) =>
      (recorded.includes(uuid) || isPvUuidOf(uuid, [ownerByGroup(vgUuid)])) && deviceClaims(device).length === 0,
  );
}

/** Takes those of the devices back that are half made for this owner, and in no group. */
export async function unmakeOwn(devices: readonly string[], owner: PvOwner, lock: Lock): Promise<void> {
  const groups = await readGroups({ lock });
  for (const device of devices) {
    if (groups.some(({ pvs }) => pvs.some((pv) => isSameDevice(pv.device, device)))) continue;
    const uuid = await uuidOnDevice(device);
    if (uuid !== undefined && isPvUuidOf(uuid, [owner]))
      await unmakePhysicalVolume({ device: realpathSync(device), uuid, peStartBytes: extentsStartBytes }, lock);
  }
}
