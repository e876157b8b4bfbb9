import { readdir, readFile } from "node:fs/promises";
import type { CinderRig } from "../../support/cinder/options.js";

const ticksPerSecond = 100;

/** CPU seconds that a rig's service and database have used so far: other than the clock, it hardly depends on what else runs here. */
export async function serviceCpu(rig: CinderRig): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const seconds = await Promise.all(pids.map((pid) => cpuOf(pid, rig.folder)));
  return seconds.reduce((sum, one) => sum + one, 0);
}

async function cpuOf(pid: string, folder: string): Promise<number> {
  try {
    if (!(await readFile(`/proc/${pid}/cmdline`, "utf8")).includes(folder)) return 0;
    // What stands before the last ") " is the program's name, which may have spaces.
    const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return 0; // It has ended meanwhile.
  }
}
