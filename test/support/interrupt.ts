import { setTimeout as sleep } from "node:timers/promises";
import { finish, type Project, type Result } from "./pulumi.js";
import { until } from "./until.js";

/** Ctrl-C as it is pressed while a command of the CLI runs. */
export interface Interruption {
  readonly times: 1 | 2;
  /** Whom it reaches: a terminal tells every process in the foreground, `kill -INT` the CLI alone. */
  readonly who: "the CLI" | "its group";
}

const betweenMs = 500;

/**
 * Starts a command of the CLI and interrupts it when `moment` has come; `afterwards` is what then happens, before it
 * ends. Resolves when all that it had started has ended.
 */
export async function interrupt(
  project: Project,
  { times, who }: Interruption,
  args: readonly string[],
  moment: () => Promise<void>,
  afterwards: (ended: Promise<unknown>) => Promise<void> = async () => undefined,
): Promise<Result> {
  const cli = project.start(...args, "--stack", project.stack);
  const ended = finish(cli, args.join(" "));
  const early = await Promise.race([ended, moment()]);
  if (early) throw new Error(`it ended before it could be interrupted:\n${early.output}`);
  const pid = cli.pid ?? 0;
  for (let time = 1; time <= times; time += 1) {
    if (time > 1) await sleep(betweenMs);
    process.kill(who === "the CLI" ? pid : -pid, "SIGINT");
  }
  await afterwards(ended);
  const result = await ended;
  await until("its processes have ended", async () => (await project.processes()).length === 0);
  return result;
}
