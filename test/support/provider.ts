import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type EngineAddress, listenAsEngine } from "./engineAddress.js";
import { fromPackage } from "./paths.js";
import { type Calls, connect, type Door, door as usualDoor } from "./rpc.js";
import { until } from "./until.js";

/** A provider process as the engine has it: spawned, configured, spoken to over gRPC. */
export interface Provider extends Calls {
  readonly pid: number;
  /** Where it listens. */
  readonly port: number;
  readonly engine: EngineAddress;
  readonly exited: Promise<void>;
  readonly stdout: () => string;
  /** Waits until it has printed that: what it prints comes by another way than its answers. */
  says(words: RegExp): Promise<void>;
  readonly stderr: () => string;
  /** Whether this process waits for it to end. */
  keepAlive(yes: boolean): void;
  /** The end of an orderly run, as the engine makes it: interrupted, and killed if it has not ended after 5 s. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** The program's folder, from which the provider package is resolved. */
  cwd: string;
  env?: Record<string, string>;
  /** The stack's configuration by full key, secrets decrypted. */
  config?: Record<string, string>;
  door?: Door;
  /** Start through Pulumi's own shell launcher from PATH instead of node directly. */
  launcher?: boolean;
  /** Programs that this provider's host does not have, wherever it looks. */
  lacks?: readonly string[];
}

const startTimeoutMs = 60_000;

const dynamicProcess = fromPackage.resolve("@pulumi/pulumi/cmd/dynamic-provider");

/** As the package's command, in the program's folder. */
const pluginOf = (folder: string) => join(folder, "node_modules/pulumi-blockbox/dist/provider/plugin/bin.js");

/** Process groups of providers that run: one that had no request yet would outlive this process, whoever forgot it. */
const running = new Set<number>();
process.once("exit", () => {
  for (const pid of running) signalGroup(pid, "SIGKILL");
});

export async function startProvider(options: StartOptions): Promise<Provider> {
  const { cwd, env = {}, config = {}, launcher = false, lacks = [] } = options;
  const door = launcher ? "dynamic" : (options.door ?? usualDoor);
  let stdout = "";
  const engine = await listenAsEngine((message) => {
    stdout += `${message}\n`;
  }, door);
  const [command, args] = launcher
    ? ["pulumi-resource-pulumi-nodejs", [engine.address]]
    : [process.execPath, [door === "plugin" ? pluginOf(cwd) : dynamicProcess, engine.address]];
  const child = spawn(...lacking(lacks, command as string, args as string[]), {
    cwd,
    env: { ...process.env, PULUMI_NODEJS_PROJECT: "bbt", PULUMI_NODEJS_STACK: "test", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // a group of its own, so that stop() reaches node behind the launcher's shell
    detached: true,
  });
  const pid = child.pid ?? 0;
  if (pid !== 0) running.add(pid);
  const exited = once(child, "exit").then(() => void running.delete(pid));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  let hasPort = false;
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no port from the provider: ${stderr}`)), startTimeoutMs);
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!hasPort) {
        hasPort = true;
        clearTimeout(timer);
        resolve(Number(line));
      }
      stdout += `${line}\n`;
    });
    child.once("error", reject);
    exited.then(
      () => reject(new Error(`the provider ended before it listened: ${stderr}`)),
      () => undefined,
    );
  });
  const calls = connect(port, door);
  await calls.configure(config);
  return {
    ...calls,
    pid,
    port,
    engine,
    exited,
    stdout: () => stdout,
    says: (words) => until(`the provider says ${words}`, () => words.test(stdout)),
    stderr: () => stderr,
    keepAlive(yes) {
      for (const handle of [child, child.stdout, child.stderr] as { ref(): void; unref(): void }[]) {
        if (yes) handle.ref();
        else handle.unref();
      }
    },
    async stop() {
      calls.close();
      if (!(await endsWithin(exited, 0))) {
        signalGroup(pid, "SIGINT");
        if (!(await endsWithin(exited, 5_000))) signalGroup(pid, "SIGKILL");
        await exited;
      }
      await engine.die();
    },
  };
}

/** The command in a mount namespace of its own where nothing but an empty device stands in the place of some programs. */
export function lacking(programs: readonly string[], command: string, args: readonly string[]): [string, string[]] {
  if (programs.length === 0) return [command, [...args]];
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];
  const found = programs.map((program) => folders.map((folder) => join(folder, program)).filter(existsSync));
  const files = [...new Set(found.flat().map((file) => realpathSync(file)))];
  const hide = files.map((file) => `mount --bind /dev/null ${file} && `).join("");
  const inside = ["--mount", "--propagation", "private", "sh", "-c", `${hide}exec "$@"`, "sh", command, ...args];
  return ["unshare", inside];
}

/** Whether a process has ended after so many milliseconds at most. */
export function endsWithin(exited: Promise<void>, ms: number): Promise<boolean> {
  return Promise.race([exited.then(() => true), sleep(ms, false, { ref: false })]);
}

export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
