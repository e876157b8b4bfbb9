import { hasDeviceMapper, hasLoopDevices } from "../../host/kernel.js";
import { missingTools, type Tool } from "../../host/tools.js";
import type { BackendWish, Problem } from "../service.js";

/** What volume groups and their volumes need. */
export const lvmTools: readonly Tool[] = [
  "lvm",
  "losetup",
  "flock",
  "blkid",
  "blkdiscard",
  "blockdev",
  "fallocate",
  "perl",
];

/** What this host lacks for volume groups like this one. */
export function hostProblems({ loopFile }: BackendWish): Problem[] {
  if (process.platform !== "linux")
    return [lvmProblem(`needs Linux, and this is ${process.platform}: run it on the host that has the storage`)];
  if (process.getuid?.() !== 0)
    return [lvmProblem("needs root, as lvm2 and loop devices do: run pulumi as root on this host")];
  const needsLoops = loopFile !== undefined || !hasDeviceMapper();
  if (needsLoops && !hasLoopDevices())
    return [lvmProblem("needs loop devices, which this kernel does not offer: `modprobe loop`")];
  return missingTools(lvmTools).map(({ tool, install }) =>
    lvmProblem(`needs the program ${tool}, which this host lacks: \`${install}\``),
  );
}

function lvmProblem(reason: string): Problem {
  return { property: "lvm", reason };
}
