import { setTimeout as sleep } from "node:timers/promises";
import { BlockboxError } from "../../errors.js";
import type { Cinder } from "./cinder.js";
import { CinderError } from "./client/error.js";

/** How often, and how long between, a thing is looked for that may have been made although the reply was lost. */
const looks = [500, 1_000, 2_000];

/**
 * Sends a request that makes something, once; if its reply is lost, what it made is looked for by its token (rule 1).
 * Only if there is still nothing after a while is it sent again, and not at all if it may just be slow. Returns the
 * ids of what has been made: the first is the one to keep.
 */
export async function makeOnce(
  cinder: Cinder,
  send: () => Promise<string>,
  look: () => Promise<string[]>,
): Promise<[string, ...string[]]> {
  try {
    return [await send()];
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    cinder.inFlight.tooMany();
    const found = await lookFor(look);
    if (found) return found;
    if (error.isLate) throw stillUnknown(error);
    return again(send, look, error);
  }
}

async function again(
  send: () => Promise<string>,
  look: () => Promise<string[]>,
  first: CinderError,
): Promise<[string, ...string[]]> {
  try {
    const id = await send();
    // Both may have been carried out after all: both carry the token.
    const others = (await look()).filter((one) => one !== id);
    return [id, ...others];
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    const found = await lookFor(look);
    if (found) return found;
    throw stillUnknown(error.isLate ? error : first);
  }
}

async function lookFor(look: () => Promise<string[]>): Promise<[string, ...string[]] | undefined> {
  for (const ms of looks) {
    await sleep(ms);
    const [first, ...others] = await look().catch((error) => {
      if (error instanceof CinderError) return [];
      throw error;
    });
    if (first !== undefined) return [first, ...others];
  }
  return undefined;
}

function mayHaveHappened(error: unknown): error is CinderError {
  return error instanceof CinderError && error.mayHaveHappened;
}

function stillUnknown(error: CinderError): BlockboxError {
  return new BlockboxError(
    error.code,
    `${error.message} Nothing has been made so far, as far as the service shows. Run again: what may still come of this request is found by its mark then, and taken over.`,
    { cause: error },
  );
}
