import { type FsType, mayGrowMounted, toolsFor } from "../host/fileSystem.js";
import { hasFileSystem } from "../host/kernel.js";
import type { Tool } from "../host/tools.js";
import { lacking, ok, warning } from "./check.js";
import { isRoot } from "./host.js";
import { loading, noModule } from "./modules.js";
import { lackOf } from "./programs.js";
import type { Check } from "./report.js";

/** The programs that an Attachment's `mount` needs for any type of file system. */
export const mountTools: readonly Tool[] = ["mount", "umount"];

/** What it needs beside them. */
export function fileSystemChecks(): Check[] {
  return [fileSystemCheck("ext4", lacking), fileSystemCheck("xfs", warning), ...(isRoot() ? [growthCheck()] : [])];
}

/** `worse`: what the absence of one means. ext4 is the default of `mount.fsType`, and xfs another choice. */
function fileSystemCheck(fsType: FsType, worse: typeof lacking | typeof warning): Check {
  const lack = lackOf(toolsFor(fsType));
  if (lack) return worse(fsType, `${lack.words}, so that no ${fsType} can be made or grown`, { command: lack.command });
  if (!hasFileSystem(fsType)) return worse(fsType, noModule(fsType), loading(fsType));
  return ok(fsType, toolsFor(fsType).join(", "));
}

function growthCheck(): Check {
  const name = "CAP_SYS_RESOURCE";
  if (mayGrowMounted("ext4")) return ok(name, "a mounted ext4 can grow");
  return warning(name, "this process lacks the capability, so that an ext4 is unmounted for a moment when it grows", {
    command: "docker run --cap-add SYS_RESOURCE",
    advice: "In a container, its own start must give the capability; elsewhere, root has it.",
  });
}
