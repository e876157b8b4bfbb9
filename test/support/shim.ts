import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A stand-in for one of the host's programs: it waits or fails, then may do the real thing. */
export interface Shim {
  /** The folder that it is in: first in the PATH of a process that shall meet it. */
  readonly bin: string;
  readonly started: () => boolean;
  readonly ended: () => boolean;
  untilStarted(): Promise<void>;
  untilEnded(): Promise<void>;
}

/** `script` runs in the program's place, with $real as the real one. */
export async function shim(folder: string, program: string, script: string): Promise<Shim> {
  const bin = join(folder, `shim-${program}`);
  await mkdir(bin, { recursive: true });
  const real = execFileSync("sh", ["-c", `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`], {
    encoding: "utf8",
  }).trim();
  const [started, ended] = [join(bin, "started"), join(bin, "ended")];
  const text = `#!/bin/sh\nreal=${real}\n: > ${started}\n(${script})\ncode=$?\n: > ${ended}\nexit $code\n`;
  await writeFile(join(bin, program), text);
  await chmod(join(bin, program), 0o755);
  const until = async (file: string) => {
    for (let tries = 0; !existsSync(file); tries += 1) {
      if (tries > 600) throw new Error(`${program} has not come so far: ${file}`);
      await sleep(50);
    }
  };
  return {
    bin,
    started: () => existsSync(started),
    ended: () => existsSync(ended),
    untilStarted: () => until(started),
    untilEnded: () => until(ended),
  };
}

/** PATH for a process that shall meet these instead of the real programs. */
export const pathWith = (...shims: Shim[]) => [...shims.map(({ bin }) => bin), process.env.PATH].join(":");
