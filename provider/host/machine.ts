import { createHash } from "node:crypto";
import { BlockboxError } from "../errors.js";
import { textOf } from "./textOf.js";

const machineIdFile = "/etc/machine-id";
/** What writes one. */
export const machineIdCommand = "systemd-machine-id-setup";

/** A process, told apart from any other that ever had its pid. */
export interface Creator {
  /** Digest of the machine id: 12 hex digits. */
  machine: string;
  pid: number;
  /** When it started, in clock ticks since boot (field 22 of /proc/pid/stat). */
  start: number;
}

/** This machine, as marks and state name it: 12 hex digits, digested from /etc/machine-id. Throws HOST_UNFIT without one. */
export function machineId(): string {
  const id = textOf(machineIdFile).trim();
  // systemd writes "uninitialized" while an image waits for its first boot.
  if (!/^[0-9a-f]{32}$/.test(id)) {
    throw new BlockboxError(
      "HOST_UNFIT",
      `This machine cannot be told from others, because ${machineIdFile} holds no id. Run \`${machineIdCommand}\`, or write 32 hex digits to it.`,
    );
  }
  return createHash("sha256").update(id).digest("hex").slice(0, 12);
}

/** Our own process. Throws HOST_UNFIT without a machine id. */
export function thisProcess(): Creator {
  return { machine: machineId(), pid: process.pid, start: statOf("self")?.start ?? 0 };
}

/** Whether the process still runs; "elsewhere" when it is one of another machine and cannot be known. */
export function creatorState(creator: Creator): "alive" | "dead" | "elsewhere" {
  if (creator.machine !== machineId()) return "elsewhere";
  const stat = statOf(creator.pid);
  return stat !== undefined && stat.start === creator.start && !"ZX".includes(stat.state) ? "alive" : "dead";
}

function statOf(pid: number | "self"): { state: string; start: number } | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields[0], fields[19]];
  return state === undefined || start === undefined ? undefined : { state, start: Number(start) };
}
