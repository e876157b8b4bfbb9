import { hasDeviceMapper, hasLoopDevices, hasThinPools, kernelHas } from "../host/kernel.js";
import { lvmTools } from "../services/lvm/hostProblems.js";
import { lacking, ok, warning } from "./check.js";
import { fileSystemChecks, mountTools } from "./fileSystems.js";
import { machineIdCheck, rootCheck } from "./host.js";
import { loading, noModule } from "./modules.js";
import { lackOf, programChecks } from "./programs.js";
import type { Check } from "./report.js";

/** Volumes on this host's own LVM. */
export function examineLvm(): Check[] {
  return [
    rootCheck(),
    machineIdCheck(),
    ...programChecks([...lvmTools, ...mountTools]),
    deviceMapperCheck(),
    ...(hasDeviceMapper() ? [thinPoolCheck()] : []),
    loopCheck(),
    ...fileSystemChecks(),
  ];
}

function deviceMapperCheck(): Check {
  const name = "device-mapper";
  if (!hasDeviceMapper()) {
    const words = "volumes become devices by loop devices, with no thin pools and no snapshots";
    if (!kernelHas("dm-mod")) return warning(name, `${noModule("dm-mod")}: ${words}`, loading("dm-mod"));
    const advice = "Give its container CAP_SYS_ADMIN and /dev/mapper/control.";
    return warning(name, `this kernel has it, but this process cannot use it: ${words}`, { advice });
  }
  const lack = lackOf(["dmsetup"]);
  return lack ? lacking(name, lack.words, { command: lack.command }) : ok(name, "volumes become devices by it");
}

/** A Backend with nothing said has a pool where the kernel can; then what lvm needs to activate it is needed. */
function thinPoolCheck(): Check {
  const name = "thin pools";
  if (!hasThinPools()) return warning(name, `${noModule("dm-thin-pool")}: volumes are thick`, loading("dm-thin-pool"));
  const lack = lackOf(["thin_check"]);
  if (lack === undefined) return ok(name, "thin_check");
  const advice = "Or set lvm.thinPool of each Backend to false.";
  return lacking(name, `${lack.words}, without which lvm activates no pool`, { command: lack.command, advice });
}

/** A Backend with nothing said is a group on a file. */
function loopCheck(): Check {
  const name = "loop devices";
  if (hasLoopDevices()) return ok(name, "files can be physical volumes");
  return lacking(name, "this kernel offers none, so that no file can be a physical volume", loading("loop"));
}
