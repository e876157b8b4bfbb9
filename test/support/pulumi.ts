import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeFolder, tearDown } from "./cleanup.js";
import { type Kind, uniqueName } from "./deployment.js";
import { within } from "./guest.js";
import { linkPackage } from "./programDir.js";
import type { Door, Props } from "./rpc.js";

/** The program of most scenarios: it makes what the variable PROGRAM lists, in that order. */
export interface Made {
  kind: Kind;
  name: string;
  /** `{ ref: name }` stands for a resource made before, `{ idOf: name }` for its id. */
  args?: Props;
}

export interface Result {
  code: number;
  output: string;
}

export interface Resource {
  urn: string;
  type: string;
  id: string;
  inputs: Props;
  outputs: Props;
}

export interface ProjectOptions {
  /** Name of the entry file and its text; default: a plain program that makes what PROGRAM lists. */
  entry?: { file: string; text: string; module?: boolean };
  /** Another copy of the package than this checkout. */
  packageDir?: string;
  env?: Record<string, string>;
}

const listedProgram = `const blockbox = require(process.env.DOOR === "plugin" ? "pulumi-blockbox/plugin" : "pulumi-blockbox");

const made = {};
const resolve = (value) =>
  value === null || typeof value !== "object" ? value
  : Array.isArray(value) ? value.map(resolve)
  : "ref" in value ? made[value.ref]
  : "idOf" in value ? made[value.idOf].id
  : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one)]));

for (const { kind, name, args } of JSON.parse(process.env.PROGRAM || "[]")) {
  made[name] = new blockbox[kind](name, resolve(args || {}));
}
`;

/** Without the compiler: to load it takes longer than all that the program does, and in the guest many seconds. */
const plainRuntime = "\n  name: nodejs\n  options: { typescript: false }";

/** Where Pulumi finds the plugin: as npm links the package's commands. */
const pluginPlace = "plugins:\n  providers:\n    - name: blockbox\n      path: node_modules/.bin\n";

const commandLimitMs = within(180_000);

/** A Pulumi project of its own: state, home and program in one folder, driven by the `pulumi` of PATH. */
export class Project {
  readonly dir: string;
  readonly group: string;
  readonly stack: string;
  readonly project = "bbt";
  readonly env: NodeJS.ProcessEnv;
  /** What the next program makes. */
  program: Made[] = [];
  /** By which classes. */
  door: Door = "dynamic";

  private constructor(dir: string, group: string, env: Record<string, string>) {
    this.dir = dir;
    this.group = group;
    this.stack = group;
    this.env = {
      ...process.env,
      TMPDIR: join(dir, "tmp"), // the language host leaves pipes there
      PULUMI_HOME: join(dir, "home"),
      PULUMI_BACKEND_URL: `file://${join(dir, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "bbt",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      NO_COLOR: "1",
      ...env,
    };
  }

  static async make(
    lifetime: { after(body: () => Promise<void>): void },
    hint: string,
    { entry, packageDir, env = {} }: ProjectOptions = {},
  ): Promise<Project> {
    const dir = await realpath(await mkdtemp(join(tmpdir(), `bbt-${hint}-`)));
    const project = new Project(dir, uniqueName(hint), env);
    lifetime.after(() => project.#end());
    for (const folder of ["home", "state", "data", "tmp"]) await mkdir(join(dir, folder));
    const { file, text, module } = entry ?? { file: "index.js", text: listedProgram };
    const runtime = entry === undefined ? plainRuntime : " nodejs";
    await project.write("Pulumi.yaml", `name: ${project.project}\nruntime:${runtime}\n${pluginPlace}`);
    const packageJson = {
      name: "bbt-program",
      private: true,
      main: file,
      ...(module ? { type: "module" } : {}),
    };
    await project.write("package.json", JSON.stringify(packageJson));
    await project.write(file, text);
    await linkPackage(dir, packageDir);
    await project.ok("stack", "init", project.stack);
    return project;
  }

  /** A path among the data of the test: loop files and mount points, nothing of Pulumi's. */
  data(name: string): string {
    return name === "" ? join(this.dir, "data") : join(this.dir, "data", name);
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.dir, file), text);
  }

  /** Starts the CLI and leaves it running. */
  start(...args: string[]): ChildProcess {
    return spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.dir,
      env: { ...this.env, PROGRAM: JSON.stringify(this.program), DOOR: this.door },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  }

  async run(...args: string[]): Promise<Result> {
    return finish(this.start(...args), args.join(" "));
  }

  /** Runs a command that is to succeed. */
  async ok(...args: string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  up(...more: string[]): Promise<Result> {
    return this.run("up", "--yes", "--stack", this.stack, ...more);
  }
  preview(...more: string[]): Promise<Result> {
    return this.run("preview", "--stack", this.stack, ...more);
  }
  refresh(...more: string[]): Promise<Result> {
    return this.run("refresh", "--yes", "--stack", this.stack, ...more);
  }
  destroy(...more: string[]): Promise<Result> {
    return this.run("destroy", "--yes", "--stack", this.stack, ...more);
  }

  /** An update that is to succeed. */
  async okUp(...more: string[]): Promise<string> {
    return this.ok("up", "--yes", "--stack", this.stack, ...more);
  }

  /** Nothing is left to do, and nothing has drifted. */
  async expectNoChanges(): Promise<void> {
    await this.ok("preview", "--stack", this.stack, "--expect-no-changes");
    await this.ok("refresh", "--yes", "--stack", this.stack, "--expect-no-changes");
  }

  /** The state, as the CLI exports it; without the stack itself and its providers. */
  async resources(): Promise<Resource[]> {
    const text = await this.ok("stack", "export", "--stack", this.stack, "--show-secrets");
    const { deployment } = JSON.parse(text) as { deployment: { resources?: Resource[] } };
    return (deployment.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:"));
  }

  /** The state's resource of that name. */
  async resource(name: string): Promise<Resource> {
    const found = (await this.resources()).find(({ urn }) => urn.endsWith(`::${name}`));
    if (found === undefined) throw new Error(`the state has no resource ${name}`);
    return found;
  }

  /** Processes that run in this project's folder: language host, program, provider, launcher. */
  async processes(what = ""): Promise<number[]> {
    const found: number[] = [];
    for (const entry of await readdir("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      const cwd = await readlink(`/proc/${entry}/cwd`).catch(() => "");
      if (cwd !== this.dir && !cwd.startsWith(`${this.dir}/`)) continue;
      const commandLine = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
      if (commandLine.replaceAll("\0", " ").includes(what)) found.push(Number(entry));
    }
    return found;
  }

  /** Whether the stack has resources or is locked, by its file: quicker than asking the CLI. */
  async #hasState(): Promise<boolean> {
    const home = join(this.dir, "state/.pulumi");
    const text = await readFile(join(home, "stacks", this.project, `${this.stack}.json`), "utf8").catch(() => "{}");
    const { checkpoint } = JSON.parse(text) as { checkpoint?: { latest?: { resources?: unknown[] } } };
    const locks = await readdir(join(home, "locks"), { recursive: true }).catch(() => []);
    return (checkpoint?.latest?.resources ?? []).length > 0 || locks.some((name) => name.endsWith(".json"));
  }

  async #end(): Promise<void> {
    try {
      for (const pid of await this.processes()) killQuietly(pid);
      // what is left when a test failed goes by the provider first, and what that leaves by tearDown
      if (await this.#hasState()) {
        await this.run("cancel", "--yes", this.stack).catch(() => undefined);
        await this.destroy("--skip-preview").catch(() => undefined);
      }
    } finally {
      for (const pid of await this.processes()) killQuietly(pid);
      await tearDown(join(this.dir, "data"), this.group);
      await removeFolder(this.dir);
    }
  }
}

/** Waits for a command of the CLI, which is killed with all that it started if it takes too long. */
export async function finish(child: ChildProcess, what: string): Promise<Result> {
  let output = "";
  const collect = (text: string) => {
    output += text;
  };
  child.stdout?.setEncoding("utf8").on("data", collect);
  child.stderr?.setEncoding("utf8").on("data", collect);
  const timer = setTimeout(() => killQuietly(-(child.pid ?? 0)), commandLimitMs);
  const closed = once(child, "close");
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  clearTimeout(timer);
  // an orphan may hold the pipes open: what the CLI itself said is there by then
  await Promise.race([closed, sleep(1_000, undefined, { ref: false })]);
  if (signal !== null) throw new Error(`pulumi ${what} was ended by ${signal}:\n${output}`);
  return { code: code ?? -1, output };
}

export function killQuietly(pid: number): void {
  try {
    if (pid !== 0) process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
