import { existsSync } from "node:fs";
import { BlockboxError } from "../errors.js";
import { machineId, machineIdCommand } from "../host/machine.js";
import { lacking, ok } from "./check.js";
import type { Check } from "./report.js";

/** Nothing else is worth a look where this is lacking. */
export function otherSystem(): Check | undefined {
  if (process.platform === "linux") return undefined;
  const advice = "Run it on the Linux host that has the storage.";
  return lacking("linux", `needs Linux, and this is ${process.platform}`, { advice });
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

export function rootCheck(): Check {
  return isRoot()
    ? ok("root", "runs as root")
    : lacking("root", "does not run as root, which it needs", { command: "sudo -i" });
}

export function machineIdCheck(): Check {
  try {
    machineId();
    return ok("machine-id", "this machine can be told from others");
  } catch (error) {
    if (!BlockboxError.is(error)) throw error;
    return lacking("machine-id", "/etc/machine-id holds no id", { command: machineIdCommand });
  }
}

/** How a service of this host is started: by systemd where it runs, else as the program itself. */
export function startCommand(unit: string, program: string): string {
  return existsSync("/run/systemd/system") ? `systemctl start ${unit}` : program;
}
