import {
  attachLoop,
  detachLoop,
  findLoopDevice,
  growLoop,
  type LoopDevice,
  loopsOverRange,
} from "../../../host/loop.js";
import type { ShownExtents } from "../../service.js";
import { attachedElsewhere } from "../attachedElsewhere.js";
import { rangeOfVolume, rangesOfVolume } from "../extents.js";
import { holdingPhysicalVolume } from "../physicalVolume.js";
import type { Group, LogicalVolume } from "../report.js";
import type { Activation } from "./activation.js";
import { refuseActiveGroup } from "./activeVolumes.js";

/** Without device-mapper: a loop device over the extents of a volume that is one linear piece. */
export const loopActivation: Activation = {
  require: refuseActiveGroup,

  devicesOf: (group, lv) => loopsOver(group, lv),

  deviceOf(group, lv) {
    const range = rangeOfVolume(group, lv);
    const devices = loopsOver(group, lv);
    const [device, ...others] = devices;
    if (device && (others.length > 0 || device.offsetBytes !== range.offsetBytes))
      throw attachedElsewhere(group, lv, devices);
    return device;
  },

  async show(group, lv, known, asReadOnly, lock) {
    const readOnly = asReadOnly || lv.permission === "ro";
    const range = rangeOfVolume(group, lv);
    const { device: backing, offsetBytes, lengthBytes: sizeBytes } = range;
    return holdingPhysicalVolume(range, async () => {
      if (known?.readOnly === readOnly) {
        if (known.sizeBytes < sizeBytes) await growLoop(known.path, sizeBytes, lock);
        return { ...known, sizeBytes };
      }
      if (known) await detachLoop(known.path, lock);
      return attachLoop({ backing, range: { offsetBytes, sizeBytes }, readOnly, lock });
    });
  },

  hide: (_group, _lv, device, lock) => detachLoop(device.path, lock),

  shows(group, lv, { sizeBytes }) {
    const { device: backing, offsetBytes } = rangeOfVolume(group, lv);
    return { backing, file: fileBehind(backing), offsetBytes, sizeBytes };
  },
};

function loopsOver(group: Group, lv: LogicalVolume): LoopDevice[] {
  const all = rangesOfVolume(group, lv).flatMap(({ device, offsetBytes, lengthBytes }) =>
    loopsOverRange(device, offsetBytes, lengthBytes),
  );
  return all.filter((loop, at) => all.findIndex(({ path }) => path === loop.path) === at);
}

/** The loop device of that path, if it still shows what state records. */
export function recordedLoop(path: string, shows: ShownExtents): LoopDevice | undefined {
  const device = findLoopDevice(path);
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
