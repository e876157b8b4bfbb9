import { realpathSync } from "node:fs";
import { clearRange } from "../../../host/clear.js";
import type { Lock } from "../../../host/lock.js";
import { findLoopDevice } from "../../../host/loop.js";
import { lvm } from "../command.js";
import { extentsStartBytes } from "../geometry.js";
import { holdingPhysicalVolume, uuidOnDevice } from "../physicalVolume.js";
import { type Group, type LogicalVolume, type PhysicalVolume, readGroups } from "../report.js";
import { parseTags } from "../tags.js";
import { isSameDevice } from "./match.js";
import { isPvUuidOf, type PvOwner } from "./ownUuid.js";
import { pathIn } from "./pathTags.js";

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

/** What stands before lvm's text: its label, and the header of its metadata area. */
const headerBytes = 8192;

/**
 * Takes a physical volume that is in no group off its device: with lvm's metadata, which pvremove leaves, so that the
 * device is as blank as it was. Its label goes last, so that a re-run knows it.
 */
export async function unmakePhysicalVolume(
  { device, uuid, peStartBytes }: Pick<PhysicalVolume, "device" | "uuid" | "peStartBytes">,
  lock: Lock,
): Promise<void> {
  const options = { sparse: findLoopDevice(device) !== undefined, lock };
  await holdingPhysicalVolume({ device, pvUuid: uuid }, async () => {
    if (peStartBytes > headerBytes) await clearRange(device, headerBytes, peStartBytes - headerBytes, options);
    await lvm(["pvremove", device], { lock });
    await clearRange(device, 0, headerBytes, options);
  });
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

/** Those of these physical volumes that are on a device of this host, and in no group. */
export async function findOrphans(
  uuids: readonly string[],
  lock: Lock,
): Promise<Pick<PhysicalVolume, "device" | "uuid" | "peStartBytes">[]> {
  if (uuids.length === 0) return [];
  const columns = ["--reportformat", "json", "--units", "b", "--nosuffix", "-o", "pv_name,pv_uuid,pe_start,vg_name"];
  const { stdout } = await lvm(["pvs", ...columns], { lock });
  const [report] = (JSON.parse(stdout) as { report: { pv: Record<string, string>[] }[] }).report;
  return (report?.pv ?? [])
    .filter(({ vg_name: group, pv_uuid: uuid = "" }) => group === "" && uuids.includes(uuid))
    .map((row) => ({ device: row.pv_name ?? "", uuid: row.pv_uuid ?? "", peStartBytes: Number(row.pe_start) }));
}
