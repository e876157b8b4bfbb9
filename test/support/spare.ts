import { rmSync } from "node:fs";
import { makeProgramDir } from "./programDir.js";
import { type Provider, type StartOptions, startProvider } from "./provider.js";

/** One program folder per copy of the package, for all tests of this process. */
const folders = new Map<string | undefined, Promise<string>>();
const made: string[] = [];
/** A provider that was started while the last one was at work, so that its start costs no time; `key`: what it is like. */
let spare: { key: string; provider: Promise<Provider> } | undefined;
let sparePid: number | undefined;

process.once("exit", () => {
  if (sparePid !== undefined) killGroup(sparePid);
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A provider process that has had no request yet. With an environment or host of its own it is started now. */
export async function takeProvider(
  packageDir: string | undefined,
  { env, config, lacks }: Required<Pick<StartOptions, "env" | "config" | "lacks">>,
): Promise<Provider> {
  const cwd = await folderFor(packageDir);
  const isPlain = [env, lacks].every((own) => Object.keys(own).length === 0);
  if (!isPlain) return startProvider({ cwd, env, config, lacks });
  const key = JSON.stringify([packageDir, config]);
  if (spare !== undefined && spare.key !== key) await dropSpare();
  const provider = await (spare?.provider ?? startProvider({ cwd, config }));
  provider.keepAlive(true);
  const next = startProvider({ cwd, config }).then((idle) => {
    sparePid = idle.pid;
    idle.keepAlive(false);
    return idle;
  });
  next.catch(() => undefined);
  spare = { key, provider: next };
  return provider;
}

async function dropSpare(): Promise<void> {
  const { pid, exited, keepAlive } = await (spare as NonNullable<typeof spare>).provider;
  spare = undefined;
  sparePid = undefined;
  keepAlive(true);
  killGroup(pid);
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

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
