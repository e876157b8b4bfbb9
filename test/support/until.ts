import { setTimeout as sleep } from "node:timers/promises";

/** Waits for something to become so; fails after `limitMs` with what was waited for. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  { limitMs = 20_000, everyMs = 50 }: { limitMs?: number; everyMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await sleep(everyMs);
  }
}
