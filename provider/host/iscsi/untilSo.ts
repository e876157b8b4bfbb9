import { setTimeout as sleep } from "node:timers/promises";

/** Whether something becomes so in time. sysfs tells of no change, so it is looked again and again. */
export async function untilSo(isSo: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = 10; !isSo(); pauseMs = Math.min(2 * pauseMs, 250)) {
    if (performance.now() > deadline) return false;
    await sleep(pauseMs);
  }
  return true;
}
