import { readFile } from "node:fs/promises";

/** A process's resident memory now, and at its highest, in MiB. */
export async function memoryOf(pid: number): Promise<{ now: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1_024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}
