import { findInitiator } from "../host/connector.js";
import { hasIscsiOverTcp, isDaemonListening } from "../host/iscsi/daemon.js";
import { iscsiTools } from "../host/iscsi/fitness.js";
import { seesModules } from "../host/kernel.js";
import { lacking, ok, warning } from "./check.js";
import { fileSystemChecks, mountTools } from "./fileSystems.js";
import { machineIdCheck, rootCheck, startCommand } from "./host.js";
import { loading, noModule } from "./modules.js";
import { programChecks } from "./programs.js";
import type { Check } from "./report.js";

/** Volumes of a Cinder attached to this host over iSCSI. */
export function examineIscsi(): Check[] {
  return [
    rootCheck(),
    machineIdCheck(),
    ...programChecks([...iscsiTools, "iscsid", ...mountTools]),
    daemonCheck(),
    initiatorCheck(),
    kernelCheck(),
    ...fileSystemChecks(),
  ];
}

function daemonCheck(): Check {
  if (isDaemonListening()) return ok("iscsid", "listens");
  return lacking("iscsid", "does not run: nobody listens to iscsiadm", {
    command: startCommand("iscsid.socket", "iscsid"),
  });
}

function initiatorCheck(): Check {
  const found = findInitiator();
  if (typeof found === "string") return ok("initiator name", found);
  return lacking("initiator name", found.why, { command: found.command });
}

/** A preview goes on where it cannot know. */
function kernelCheck(): Check {
  const name = "iscsi_tcp";
  if (hasIscsiOverTcp()) return ok(name, "the kernel reaches targets over TCP");
  if (seesModules()) return lacking(name, noModule(name), loading(name));
  return warning(name, "it is not loaded, and whether this kernel has it cannot be seen here", loading(name));
}
