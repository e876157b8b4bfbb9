import type { Lock } from "../../../host/lock.js";
import type { AttachedDevice } from "../../service.js";
import type { Group, LogicalVolume } from "../report.js";

/** A device of this host that shows a volume, or a part of it. */
export interface ShownDevice {
  readonly path: string;
  readonly sizeBytes: number;
  readonly readOnly: boolean;
}

/** How the volumes of a group become devices. A volume that is not attached has none. */
export interface Activation {
  /** Throws where this way cannot be gone just now: IN_USE where the group is in use in the other way too. */
  require(group: Group): void;
  /** The devices that show any byte of a volume. Runs no command. */
  devicesOf(group: Group, lv: LogicalVolume): ShownDevice[];
  /** The volume's device, if it is attached. Throws IN_USE where something else shows parts of the volume too. */
  deviceOf(group: Group, lv: LogicalVolume): ShownDevice | undefined;
  /** Shows the whole volume: by a new device, or by the known one, grown if the volume has. */
  show(
    group: Group,
    lv: LogicalVolume,
    known: ShownDevice | undefined,
    readOnly: boolean,
    lock: Lock,
  ): Promise<ShownDevice>;
  /** Takes the device away. Throws IN_USE, with all that uses it, before anything is done. */
  hide(group: Group, lv: LogicalVolume, device: ShownDevice, lock: Lock): Promise<void>;
  /** What state records of the device, by which it is known again without a command. */
  shows(group: Group, lv: LogicalVolume, device: ShownDevice): AttachedDevice["shows"];
}
