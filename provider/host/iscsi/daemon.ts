import { existsSync } from "node:fs";
import { kernelHas } from "../kernel.js";
import { textOf } from "../textOf.js";

/** Where iscsiadm speaks to iscsid; systemd listens there too, and starts the daemon when it is first spoken to. */
const daemonSocket = "@ISCSIADM_ABSTRACT_NAMESPACE";

/** Whether iscsid, or a systemd that starts it when needed, listens in our network namespace. */
export function isDaemonListening(): boolean {
  return listens(daemonSocket);
}

/** Whether this kernel can reach targets over TCP; when built in, only the transport shows it, or the list of modules. */
export function hasIscsiOverTcp(): boolean {
  return existsSync("/sys/class/iscsi_transport/tcp") || kernelHas("iscsi_tcp");
}

/** Whether somebody listens at a Unix socket: its path, or its abstract name behind an @. */
export function listens(socket: string): boolean {
  return textOf("/proc/net/unix")
    .split("\n")
    .some((line) => line.endsWith(` ${socket}`));
}
