import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { finish, killQuietly, type Project } from "./pulumi.js";
import { isRunning, watchersAmong } from "./watchers.js";

/** The seed of a run's rounds, and how many there are unless the environment says so. */
export const crashSeed = Number(process.env.BLOCKBOX_SEED ?? Math.floor(Math.random() * 2 ** 31));
export const crashRounds = (usual: number) => Number(process.env.BLOCKBOX_ROUNDS ?? usual);

/** Runs a command again until it goes through, with what the CLI asks for in between. */
export async function again(project: Project, command: () => ReturnType<Project["up"]>): Promise<void> {
  let said = "";
  for (let tries = 0; tries < 4; tries += 1) {
    const { code, output } = await command();
    if (code === 0) return;
    said += output;
    if (/locked by \d+ lock/.test(output)) await project.ok("cancel", "--yes", project.stack);
    else if (/pending operations/.test(output)) {
      await project.ok("refresh", "--yes", "--clear-pending-creates", "--stack", project.stack);
    }
  }
  assert.fail(`the command does not go through:\n${said}`);
}

export type Victim = "cli" | "provider" | "both";

/** What came of the attempt to end something in the middle of a run. */
export interface Strike {
  /** `early`: there was nothing to end yet; `late`: the run was over by then. Neither counts. */
  outcome: "hit" | "early" | "late";
  /** The providers, with their launchers, that had begun to work. */
  watchers: number[];
}

/** Starts a command of the CLI, and ends it, or the provider of it, or both, without any goodbye when the moment comes. */
export async function strike(
  project: Project,
  victim: Victim,
  args: string[],
  moment: (ended: Promise<unknown>) => Promise<unknown>,
): Promise<Strike> {
  const cli = project.start(...args);
  const ended = finish(cli, args.join(" ")).catch((error: unknown) => error);
  await Promise.race([ended, moment(ended)]);
  const watchers = watchersAmong(await project.processes("dynamic-provider/"));
  const providers = victim === "cli" ? [] : await project.processes("dynamic-provider");
  const victims = victim === "provider" ? providers : [cli.pid ?? 0, ...providers];
  const runs = cli.exitCode === null && cli.signalCode === null;
  const isEarly = victim !== "cli" && providers.length === 0;
  const outcome = !runs ? "late" : isEarly ? "early" : "hit";
  if (outcome === "hit") for (const pid of victims) killQuietly(pid);
  await ended;
  return { outcome, watchers };
}

/** Waits until a provider of the run has loaded our code, or the run has ended. */
export async function workBegun(project: Project, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && watchersAmong(await project.processes("dynamic-provider/")).length === 0) await sleep(10);
}

/** Waits until the providers of a dead engine have ended, as each does within 5 s. */
export async function outlive(watchers: readonly number[]): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (watchers.some(isRunning)) {
    assert.ok(Date.now() < deadline, "a provider or its launcher outlives the engine by 5 s");
    await sleep(100);
  }
}
