import { setTimeout as sleep } from "node:timers/promises";
import { getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";

/** Statuses that stay until somebody does something. All others end by themselves, also those that have no name here. */
const resting = /^(available|in-use|awaiting-transfer|error.*)$/;

export const againMs = 500;

export function isPassing(status: string): boolean {
  return !resting.test(status) && status !== "deleting";
}

/**
 * Asks for something that needs the volume at rest, and again as long as Cinder refuses it because the volume is not: in
 * one `up` it may be attached, copied and taken a snapshot of at the same time.
 */
export async function onceAtRest<T>(
  { client }: Cinder,
  volumeId: string,
  limitMs: number,
  ask: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (let isLastTry = false; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CinderError) || error.status !== 400 || isLastTry) throw error;
      // By now it may have come to rest, so that it is worth another try.
      isLastTry = !isPassing((await getVolume(client, volumeId)).status) || performance.now() > deadline;
      if (!isLastTry) await sleep(againMs);
    }
  }
}
