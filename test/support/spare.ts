import { rmSync } from "node:fs";
import { inGuest } from "./guest.js";
import { makeProgramDir } from "./programDir.js";
import { type Provider, type StartOptions, signalGroup, startProvider } from "./provider.js";
import { takeShared } from "./shared.js";

/** One program folder per copy of the package, for all tests of this process. */
const folders = new Map<string | undefined, Promise<string>>();
const made: string[] = [];
/** A provider that was started while the last one was at work, so that its start costs no time; `key`: what it is like. */
let spare: Spare | undefined;

interface Spare {
  readonly key: string;
  readonly provider: Promise<Provider>;
}

process.once("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

type Wanted = Required<Pick<StartOptions, "env" | "config" | "lacks">>;

/** A provider for one of the engine's operations: in the guest one that has done others before, if there is one. */
export async function takeAny(packageDir: string | undefined, wanted: Wanted): Promise<Provider> {
  const { env, config, lacks } = wanted;
  if (!inGuest || !isPlain({ env, lacks })) return takeProvider(packageDir, wanted);
  return takeShared(JSON.stringify([packageDir, config]), () => takeProvider(packageDir, wanted));
}

function isPlain({ env, lacks }: Pick<Wanted, "env" | "lacks">): boolean {
  return Object.keys(env).length === 0 && lacks.length === 0;
}

/** A provider process that has had no request yet. With an environment or host of its own it is started now. */
export async function takeProvider(packageDir: string | undefined, { env, config, lacks }: Wanted): Promise<Provider> {
  const cwd = await folderFor(packageDir);
  // In the guest, which has one processor, a spare one saves nothing.
  if (inGuest || !isPlain({ env, lacks })) return startProvider({ cwd, env, config, lacks });
  const key = JSON.stringify([packageDir, config]);
  // Taken at once: who asks at the same time must neither get the same one, nor leave one behind that nobody ends.
  const taken = spare;
  spare = undefined;
  if (taken !== undefined && taken.key !== key) await drop(taken);
  const provider = await (taken?.key === key ? taken.provider : startProvider({ cwd, config }));
  provider.keepAlive(true);
  if (spare === undefined) spare = { key, provider: startIdle({ cwd, config }) };
  return provider;
}

function startIdle(options: StartOptions): Promise<Provider> {
  const starting = startProvider(options).then((idle) => {
    idle.keepAlive(false);
    return idle;
  });
  starting.catch(() => undefined);
  return starting;
}

async function drop({ provider }: Spare): Promise<void> {
  const { pid, exited, keepAlive } = await provider;
  keepAlive(true);
  signalGroup(pid, "SIGKILL");
  await exited;
}

function folderFor(packageDir: string | undefined): Promise<string> {
  const known = folders.get(packageDir);
  if (known !== undefined) return known;
  const folder = makeProgramDir(packageDir).then((path) => {
    made.push(path);
    return path;
  });
  folders.set(packageDir, folder);
  return folder;
}
