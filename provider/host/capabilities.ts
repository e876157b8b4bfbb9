import { readFileSync } from "node:fs";

/** The kernel's number of CAP_SYS_RESOURCE. */
const sysResource = 24n;

/** Whether this process has CAP_SYS_RESOURCE, which root lacks in many containers: without it no mounted ext4 grows. */
export function hasSysResource(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> sysResource) & 1n) === 1n;
}
