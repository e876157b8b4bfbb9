import { existsSync } from "node:fs";
import { listens } from "../host/iscsi/daemon.js";
import { kernelHas } from "../host/kernel.js";
import { findTool, installCommand } from "../host/tools.js";
import { lacking, ok, type Remedy, warning } from "./check.js";
import { rootCheck, startCommand } from "./host.js";
import { loading, noModule } from "./modules.js";
import { lackOf } from "./programs.js";
import type { Check } from "./report.js";

interface Fault {
  readonly found: string;
  readonly remedy: Remedy;
}

/** Volumes served over iSCSI from this host: what a cinder-volume with the LVM driver needs beside Cinder. Either kind of target will do. */
export function examineTarget(): Check[] {
  const faults = { LIO: faultOfLio(), tgt: faultOfTgt() };
  const none = Object.values(faults).every((fault) => fault !== undefined);
  const kinds = Object.entries(faults).map(([name, fault]) => {
    if (fault === undefined) return ok(name, "can serve");
    return none
      ? lacking(name, fault.found, fault.remedy)
      : warning(name, `${fault.found}; the other kind can serve`, fault.remedy);
  });
  return [rootCheck(), ...kinds];
}

/** Linux's own target. Cinder's helper for it needs rtslib, which targetcli brings along. */
function faultOfLio(): Fault | undefined {
  if (findTool("targetcli") === undefined && !existsSync(rtslib)) {
    return { found: "lacks targetcli and rtslib", remedy: { command: installCommand("targetcli") } };
  }
  const lacks = ["target_core_mod", "iscsi_target_mod"].find((module) => !isServedByKernel(module));
  return lacks === undefined ? undefined : { found: noModule(lacks), remedy: loading(lacks) };
}

/** Of Debian's python3-rtslib-fb. */
const rtslib = "/usr/lib/python3/dist-packages/rtslib_fb";

/** Where they are built in, nothing but their folders in configfs shows it. */
function isServedByKernel(module: string): boolean {
  return existsSync("/sys/kernel/config/target/iscsi") || kernelHas(module);
}

/** A target in user space, whose daemon must run. */
function faultOfTgt(): Fault | undefined {
  const lack = lackOf(["tgtd", "tgtadm"]);
  if (lack) return { found: lack.words, remedy: { command: lack.command } };
  if (listens("/var/run/tgtd/socket.0")) return undefined;
  return { found: "tgtd does not run", remedy: { command: startCommand("tgt", "tgtd") } };
}
