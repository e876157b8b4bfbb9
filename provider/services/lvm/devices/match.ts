import { deviceNumber } from "../../../host/blockDevice.js";
import type { BackendFacts } from "../../service.js";
import type { Group, PhysicalVolume } from "../report.js";
import { pathIn } from "./pathTags.js";

/** How the devices that are wanted stand to the physical volumes that a group has. */
export interface MatchedDevices {
  /** By path as given. A device that is known by its UUID may have another name by now. */
  readonly present: ReadonlyMap<string, PhysicalVolume>;
  readonly added: readonly string[];
  /** Made on, or adopted with, a device that is no longer wanted. Others are not a Backend's to remove. */
  readonly removed: readonly PhysicalVolume[];
}

/** A path counts as present when its recorded UUID is in the group, or when the group's device is the one that it names now. */
export function matchDevices(
  { pvs }: Pick<Group, "pvs">,
  paths: readonly string[],
  recorded: BackendFacts["physicalVolumes"],
): MatchedDevices {
  const present = new Map<string, PhysicalVolume>();
  const isFree = (pv: PhysicalVolume) => ![...present.values()].includes(pv);
  const match = (isMeant: (pv: PhysicalVolume, path: string) => boolean) => {
    for (const path of paths.filter((one) => !present.has(one))) {
      const pv = pvs.find((one) => isFree(one) && isMeant(one, path));
      if (pv) present.set(path, pv);
    }
  };
  match(({ uuid, tags }, path) => (recorded[path] ?? "") === uuid || pathIn(tags) === path);
  match(({ device, missing }, path) => !missing && isSameDevice(device, path));
  const wasWanted = ({ uuid, tags }: PhysicalVolume) =>
    pathIn(tags) !== undefined || Object.values(recorded).includes(uuid);
  return {
    present,
    added: paths.filter((path) => !present.has(path)),
    removed: pvs.filter((pv) => wasWanted(pv) && isFree(pv)),
  };
}

/** The UUIDs by path, as facts have them. */
export function uuidsByPath({ present }: MatchedDevices): Record<string, string> {
  return Object.fromEntries([...present].map(([path, { uuid }]) => [path, uuid]));
}

export function isSameDevice(one: string, other: string): boolean {
  const number = deviceNumber(one);
  return number !== undefined && number === deviceNumber(other);
}
