import { BlockboxError } from "../../errors.js";
import { connectorOfThisHost } from "../connector.js";
import { seesModules } from "../kernel.js";
import { missingTools, type Tool } from "../tools.js";
import { hasIscsiOverTcp, isDaemonListening } from "./daemon.js";

/** What attaching needs beside what a mount does. */
export const iscsiTools: readonly Tool[] = ["iscsiadm", "blockdev", "blkid", "flock"];

/** What this host lacks to reach volumes over iSCSI, each with what brings it. Runs no command. */
export async function lackingForIscsi(): Promise<string[]> {
  if (process.platform !== "linux") return [`it needs Linux, and this is ${process.platform}`];
  if (process.getuid?.() !== 0) return ["it needs root, as iscsiadm does: run pulumi as root on this host"];
  const missing = missingTools(iscsiTools).map(
    ({ tool, install }) => `it needs the program ${tool}, which this host lacks: \`${install}\``,
  );
  if (missing.length > 0) return missing;
  return [...lackingInKernel(), ...(await lackingName()), ...lackingDaemon()];
}

function lackingInKernel(): string[] {
  // In a container the modules may not be seen.
  return hasIscsiOverTcp() || !seesModules()
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

function lackingDaemon(): string[] {
  return isDaemonListening() ? [] : ["it needs iscsid, which does not run: `systemctl start iscsid`"];
}
