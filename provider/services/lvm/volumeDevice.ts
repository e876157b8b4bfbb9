import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { attachLoop, detachLoop, findLoopDevice, growLoop, type LoopDevice, loopsOverRange } from "../../host/loop.js";
import { machineId } from "../../host/machine.js";
import { deviceClaims } from "../../host/users.js";
import type { AttachedDevice } from "../service.js";
import { type ByteRange, rangeOfVolume } from "./extents.js";
import { holdingPhysicalVolume } from "./physicalVolume.js";
import type { Group, LogicalVolume } from "./report.js";

/** The loop devices that show any byte of a volume. */
export function devicesOver({ device, offsetBytes, lengthBytes }: ByteRange): LoopDevice[] {
  return loopsOverRange(device, offsetBytes, lengthBytes);
}

/** The volume's device, if it is attached. Throws IN_USE where something else shows parts of the volume too. */
export function deviceOf(group: Group, lv: LogicalVolume): LoopDevice | undefined {
  const range = rangeOfVolume(group, lv);
  const devices = devicesOver(range);
  const [device, ...others] = devices;
  if (device && (others.length > 0 || device.offsetBytes !== range.offsetBytes))
    throw attachedElsewhere(group, lv, devices);
  return device;
}

/** Shows the whole range: by a new device, or by the known one, grown if the volume has. */
export async function showVolume(
  range: ByteRange,
  known: LoopDevice | undefined,
  readOnly: boolean,
  lock: Lock,
): Promise<LoopDevice> {
  const { device: backing, offsetBytes, lengthBytes: sizeBytes } = range;
  return holdingPhysicalVolume(range, async () => {
    if (known?.readOnly === readOnly) {
      if (known.sizeBytes < sizeBytes) await growLoop(known.path, sizeBytes, lock);
      return { ...known, sizeBytes };
    }
    if (known) await detachLoop(known.path, lock);
    return attachLoop({ backing, range: { offsetBytes, sizeBytes }, readOnly, lock });
  });
}

/** What state records of an attached device. */
export function deviceFacts(group: Group, lv: LogicalVolume, { path, sizeBytes }: LoopDevice): AttachedDevice {
  const { device: backing, offsetBytes } = rangeOfVolume(group, lv);
  return {
    devicePath: path,
    sizeBytes,
    driverVolumeType: "local",
    location: { machineId: machineId(), vgUuid: group.uuid, lvUuid: lv.uuid },
    shows: { backing, file: fileBehind(backing), offsetBytes, sizeBytes },
  };
}

/** The device that state records, if it still shows what it did. */
export function recordedDevice({
  devicePath,
  shows,
}: Pick<AttachedDevice, "devicePath" | "shows">): LoopDevice | undefined {
  const device = findLoopDevice(devicePath);
  const { backing, file, offsetBytes, sizeBytes } = shows;
  const isSame =
    device?.backing === backing &&
    device.offsetBytes === offsetBytes &&
    device.sizeBytes === sizeBytes &&
    fileBehind(backing) === file;
  return isSame ? device : undefined;
}

/** The file of a loop device; empty for any other device. */
function fileBehind(device: string): string {
  return findLoopDevice(device)?.backing ?? "";
}

/** The refusal to attach a volume again, or to delete it: with all that has it, and how to let go. */
export function attachedElsewhere(group: Group, lv: LogicalVolume, devices: readonly LoopDevice[]): BlockboxError {
  const uses = devices.flatMap(({ path }) => [`attached as ${path}`, ...deviceClaims(path)]);
  return new BlockboxError(
    "IN_USE",
    `Volume ${group.name}/${lv.name} is in use: ${uses.join(", ")}. An LVM volume has one attachment: delete that first, ` +
      `or let go of it (umount, then \`losetup -d ${devices[0]?.path}\`).`,
  );
}
