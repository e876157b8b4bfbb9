import { readFileSync } from "node:fs";

/** The variable that says which CPU guests are to stay on. */
export const cpuVariable = "BLOCKBOX_GUEST_CPU";

/** The CPUs of this machine that we may use: the first and the last. */
export function allowedCpus() {
  const status = readFileSync("/proc/self/status", "utf8");
  const [, first = "0", last = first] = /^Cpus_allowed_list:\s*(\d+)(?:.*?(\d+))?$/m.exec(status) ?? [];
  return { first, last };
}

/**
 * The one CPU that a guest stays on, the last that we may use unless said: spread over several, each system call in it
 * takes three times as long.
 */
export function guestCpu() {
  return process.env[cpuVariable] ?? allowedCpus().last;
}
