import { BlockboxError } from "../../../errors.js";
import { findMappedDevice, listMappedDevices, type MappedDevice, setReadOnly } from "../../../host/deviceMapper.js";
import { faultOfDeviceMapper } from "../../../host/kernel.js";
import { waitUntilUnused } from "../../../host/letGo.js";
import type { Lock } from "../../../host/lock.js";
import { type LoopDevice, loopsOverRange } from "../../../host/loop.js";
import { lvm } from "../command.js";
import type { Group, LogicalVolume } from "../report.js";
import type { Activation, ShownDevice } from "./activation.js";
import { mappedUuid } from "./activeVolumes.js";

/** As lvm2 usually does: a device of device-mapper for each volume that is attached. */
export const deviceMapperActivation: Activation = {
  require(group) {
    const fault = faultOfDeviceMapper();
    if (fault !== undefined) {
      throw new BlockboxError(
        "HOST_UNFIT",
        `Volume group ${group.name} is activated by device-mapper, ${fault}, or set lvm.activation of its Backend to loop, which can show volumes that are one linear piece.`,
      );
    }
    refuseLoopsOn(group);
  },

  devicesOf(group, lv) {
    const device = mapped(group, lv);
    return device ? [device] : mappedBelow(group, lv);
  },

  deviceOf: (group, lv) => mapped(group, lv),

  async show(group, lv, known, readOnly, lock) {
    if (known === undefined) await activate(group, lv, lock);
    const device = mapped(group, lv);
    if (device === undefined) {
      throw new BlockboxError(
        "COMMAND_FAILED",
        `lvm activated ${group.name}/${lv.name}, but it has no device. Look at \`dmesg\`, then run again.`,
      );
    }
    const isReadOnly = readOnly || lv.permission === "ro";
    // A table that was loaded anew, as by a growth, has taken it back.
    if (device.readOnly !== isReadOnly) await setReadOnly(device, isReadOnly, lock);
    return { ...device, readOnly: isReadOnly };
  },

  async hide(group, lv, { path }, lock) {
    await waitUntilUnused(path, `${path} (volume ${group.name}/${lv.name})`);
    await deactivate(group, lv, lock);
  },

  shows: (group, lv, { sizeBytes }) => ({ mapped: mappedUuid(group, lv), sizeBytes }),
};

/** Also of a volume that is not to be activated by itself, as lvm has it for its own thin snapshots. */
export async function activate(
  group: Group,
  lv: LogicalVolume,
  lock: Lock,
  settings: readonly string[] = [],
): Promise<void> {
  const options = ["--activate", "y", "--ignoreactivationskip"];
  await lvm(["lvchange", ...options, `${group.name}/${lv.name}`], { lock, deviceMapper: true, settings });
}

export async function deactivate(group: Group, lv: LogicalVolume, lock: Lock): Promise<void> {
  await lvm(["lvchange", "--activate", "n", `${group.name}/${lv.name}`], { lock, deviceMapper: true });
}

/** By the name that stays: the number of a device changes with each activation. */
function mapped(group: Group, lv: LogicalVolume): (ShownDevice & MappedDevice) | undefined {
  const device = findMappedDevice(mappedUuid(group, lv));
  return device && { ...device, path: `/dev/${group.name}/${lv.name}` };
}

/** What is left of a volume's devices where its own is gone, as after a command that was cut short: an origin that its snapshots read. */
function mappedBelow(group: Group, lv: LogicalVolume): ShownDevice[] {
  const uuid = mappedUuid(group, lv);
  return listMappedDevices().filter((device) => device.uuid.startsWith(`${uuid}-`));
}

/** All loop devices that show extents of the group. */
export function loopsOn({ pvs, extentSizeBytes }: Pick<Group, "pvs" | "extentSizeBytes">): LoopDevice[] {
  return pvs
    .filter(({ missing }) => !missing)
    .flatMap(({ device, peStartBytes, extentCount }) =>
      loopsOverRange(device, peStartBytes, extentCount * extentSizeBytes),
    );
}

/** A loop device over extents of the group would be a second way to them, of which device-mapper knows nothing. */
function refuseLoopsOn(group: Group): void {
  const [loop] = loopsOn(group);
  if (loop === undefined) return;
  throw new BlockboxError(
    "IN_USE",
    `Extents of volume group ${group.name} are shown by ${loop.path}, beside device-mapper. Detach it (\`losetup -d ${loop.path}\`), then run again.`,
  );
}
