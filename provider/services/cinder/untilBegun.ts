import { setTimeout as sleep } from "node:timers/promises";
import type { Cinder } from "./cinder.js";
import { CinderError } from "./client/error.js";

/** A delete that Cinder is at. */
export interface Begun {
  /** By which Cinder's logs know it; missing where the answer was lost. */
  readonly requestId?: string | undefined;
}

/** How often in a row a delete may fail in a way that leaves open whether it has begun, and how long between, in ms. */
const patience = 5;
const pauseMs = 1_000;

/**
 * Asks for a delete until it has begun. `ask` gives "again" when what was in the way has ended. Where the answer was
 * lost, `isBegun` looks whether it has, and if not it is asked for again.
 */
export async function untilBegun(
  { inFlight }: Cinder,
  deadline: number,
  ask: () => Promise<Begun | "again">,
  isBegun: () => Promise<boolean>,
): Promise<Begun> {
  for (let failures = 0; ; ) {
    try {
      const begun = await ask();
      if (begun !== "again") return begun;
      failures = 0;
    } catch (error) {
      if (!(error instanceof CinderError) || !error.mayHaveHappened) throw error;
      failures += 1;
      if (failures > patience || performance.now() + pauseMs > deadline) throw error;
      inFlight.tooMany();
      await sleep(pauseMs);
      if (await isBegun()) return {};
    }
  }
}
