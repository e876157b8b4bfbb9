import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../paths.js";

/** The rig's programs in Python and its configuration. */
export const rigFolder = join(root, "test/rig");

/** A process of a rig. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  /** Whether it has ended. */
  ended(): boolean;
  /** Signals it with all that it started, and waits for its end; one that does not end in time is killed. */
  end(signal: NodeJS.Signals, limitMs?: number): Promise<void>;
  /** Its last words, for messages. */
  words(): string;
}

export interface RunOptions {
  /** Beside this process's own. */
  env?: Record<string, string>;
  cwd?: string;
}

/** Where a rig stands: a folder, and processes that go with it. */
export interface Ground {
  readonly folder: string;
  readonly logs: string;
  /** Starts a process whose output goes to the log of that name. */
  run(name: string, command: string, args: readonly string[], options?: RunOptions): Running;
  /** Kills every process of the rig, also those that its processes started; unmounts; removes the folder. */
  clear(): Promise<void>;
}

/**
 * All that a rig leaves on this machine is cleared by a process of its own, which does so too when this one is killed:
 * it waits for the end of a pipe that only we hold.
 * @param given a folder that may have what an earlier boot of this machine left; a new one, unless said
 */
export function makeGround(hint: string, given?: string): Ground {
  const folder = given ?? realpathSync(mkdtempSync(join(tmpdir(), `bbt-${hint}-`)));
  const logs = join(folder, "log");
  mkdirSync(logs, { recursive: true });
  const mark = `BLOCKBOX_RIG=${folder}`;
  const undertaker = spawn("/usr/bin/python3", ["-I", join(rigFolder, "undertaker.py"), folder, mark], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "inherit", "inherit"],
  });
  letGo(undertaker);
  return {
    folder,
    logs,
    run: (name, command, args, { env = {}, cwd = "/" } = {}) =>
      start(name, join(logs, `${name}.log`), command, args, {
        env: { ...process.env, ...env, BLOCKBOX_RIG: folder },
        cwd,
      }),
    async clear() {
      undertaker.ref();
      const ended = undertaker.exitCode === null ? once(undertaker, "exit") : undefined;
      undertaker.stdin?.end();
      await Promise.race([ended, sleep(30_000, undefined, { ref: false })]);
      if (undertaker.exitCode !== 0)
        throw new Error(`${folder} could not be cleared away (exit ${undertaker.exitCode})`);
    },
  };
}

function start(
  name: string,
  log: string,
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd: string },
): Running {
  const output = openSync(log, "a");
  const child = spawn(command, args, { ...options, detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  letGo(child);
  let ended = false;
  const exited = once(child, "exit").then(() => {
    ended = true;
  });
  return {
    name,
    pid,
    ended: () => ended,
    words: () => readFileSync(log, "utf8").split("\n").slice(-30).join("\n"),
    async end(signal, limitMs = 20_000) {
      if (ended) return;
      child.ref();
      process.kill(-pid, signal);
      await Promise.race([exited, sleep(limitMs, undefined, { ref: false })]);
      try {
        process.kill(-pid, "SIGKILL"); // it, or what it started and left
      } catch {
        // Nothing is left.
      }
      await exited;
    },
  };
}

/** A test process that forgets its rig ends nevertheless, and the rig then too. */
function letGo(child: ChildProcess): void {
  child.unref();
  (child.stdin as unknown as { unref(): void } | null)?.unref();
}
