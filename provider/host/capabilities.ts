import { readFileSync } from "node:fs";

/** The kernel's numbers of capabilities. */
const [sysAdmin, sysResource] = [21n, 24n];

/** Whether this process has CAP_SYS_ADMIN, which root lacks in many containers: without it nothing speaks to device-mapper. */
export const hasSysAdmin = () => has(sysAdmin);

/** Whether this process has CAP_SYS_RESOURCE, which root lacks in many containers: without it no mounted ext4 grows. */
export const hasSysResource = () => has(sysResource);

function has(capability: bigint): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> capability) & 1n) === 1n;
}
