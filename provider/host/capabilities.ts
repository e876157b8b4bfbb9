import { readFileSync } from "node:fs";

/** The kernel's number of CAP_SYS_RESOURCE. */
const sysResource = 24n;

/** Whether this process may grow a mounted ext4: CAP_SYS_RESOURCE, which root lacks in many containers. */
export function mayGrowMounted(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> sysResource) & 1n) === 1n;
}
