import { existsSync } from "node:fs";
import { release } from "node:os";
import { BlockboxError } from "../../errors.js";
import { connectorOfThisHost } from "../connector.js";
import { kernelHas } from "../kernel.js";
import { textOf } from "../textOf.js";
import { missingTools, type Tool } from "../tools.js";

const tools: Tool[] = ["iscsiadm", "blockdev", "blkid", "flock"];

/** What this host lacks to reach volumes over iSCSI, each with what brings it. Runs no command. */
export async function lackingForIscsi(): Promise<string[]> {
  if (process.platform !== "linux") return [`it needs Linux, and this is ${process.platform}`];
  if (process.getuid?.() !== 0) return ["it needs root, as iscsiadm does: run pulumi as root on this host"];
  const missing = missingTools(tools).map(
    ({ tool, install }) => `it needs the program ${tool}, which this host lacks: \`${install}\``,
  );
  if (missing.length > 0) return missing;
  return [...lackingInKernel(), ...(await lackingName()), ...lackingDaemon()];
}

function lackingInKernel(): string[] {
  // In a container the modules may not be seen.
  const isSeen = existsSync(`/lib/modules/${release()}/modules.dep`);
  return existsSync("/sys/class/iscsi_transport/tcp") || kernelHas("iscsi_tcp") || !isSeen
    ? []
    : ["it needs the kernel's iscsi_tcp, which this kernel does not have: boot one that has it"];
}

async function lackingName(): Promise<string[]> {
  try {
    await connectorOfThisHost();
    return [];
  } catch (error) {
    if (!BlockboxError.is(error)) throw error;
    return [error.message.replace(/\.$/, "")];
  }
}

/** iscsid, or systemd for it, listens where iscsiadm calls. */
function lackingDaemon(): string[] {
  return textOf("/proc/net/unix").includes("@ISCSIADM_ABSTRACT_NAMESPACE")
    ? []
    : ["it needs iscsid, which does not run: `systemctl start iscsid`"];
}
