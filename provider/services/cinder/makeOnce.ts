import { setTimeout as sleep } from "node:timers/promises";
import { BlockboxError } from "../../errors.js";
import type { Cinder } from "./cinder.js";
import { CinderError } from "./client/error.js";

/** How often, and how long between, a thing is looked for that may have been made although the reply was lost. */
const looks = [500, 1_000, 2_000];

/**
 * Sends a request that makes something, once; if its reply is lost, what it made is looked for by its token (rule 1), and
 * never made again: what may still come of it is found by the next run. Returns the id.
 */
export async function makeOnce(
  cinder: Cinder,
  send: () => Promise<string>,
  look: () => Promise<string[]>,
): Promise<string> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof CinderError) || !error.mayHaveHappened) throw error;
    cinder.inFlight.tooMany();
    const found = await lookFor(look);
    if (found === undefined) throw stillUnknown(error);
    return found;
  }
}

async function lookFor(look: () => Promise<string[]>): Promise<string | undefined> {
  for (const ms of looks) {
    await sleep(ms);
    const [first] = await look().catch((error) => {
      if (error instanceof CinderError) return [];
      throw error;
    });
    if (first !== undefined) return first;
  }
  return undefined;
}

function stillUnknown(error: CinderError): BlockboxError {
  return new BlockboxError(
    error.code,
    `${error.message} Nothing has been made so far, as far as the service shows. Run again: what may still come of this request is found by its mark then, and taken over.`,
    { cause: error },
  );
}
