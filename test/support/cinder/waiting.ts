import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../guest.js";
import type { Running } from "./ground.js";

/** Waits until something answers; fails with the words of the process that should, when it ends or takes too long. */
export async function untilReady(
  running: Running,
  what: string,
  isReady: () => Promise<boolean>,
  limitMs = within(90_000),
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isReady().catch(() => false))) {
    if (running.ended()) throw new Error(`${running.name} ended before it was ${what}:\n${running.words()}`);
    if (performance.now() > deadline)
      throw new Error(`${running.name}: not ${what} after ${limitMs / 1000} s:\n${running.words()}`);
    await sleep(100);
  }
}

export function acceptsConnections(where: { path: string } | { port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect({ host: "127.0.0.1", ...where }, () => {
      connection.destroy();
      resolve(true);
    });
    connection.on("error", () => resolve(false));
  });
}
