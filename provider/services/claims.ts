import { setTimeout as sleep } from "node:timers/promises";
import { throwIfCancelled } from "../cancellation.js";
import { BlockboxError } from "../errors.js";
import { creatorState, thisProcess } from "../host/machine.js";
import { notice } from "../host/notice.js";
import { type Mark, usualCreateS } from "./mark.js";
import type { Identity } from "./service.js";

/** How long another process that is creating the same thing is waited for, in ms. */
const creatorWaitMs = 60_000;

/** Ids that the engine has named in this process, with whose they are: state knows them, so that no create may take them over. */
const named = new Map<string, string>();

export function stateNames(resource: string, id: string, { digest }: Identity): void {
  named.set(`${resource} ${id}`, digest);
}

export function isNamed(resource: string, id: string): boolean {
  return named.has(`${resource} ${id}`);
}

/** Whether the engine has named the id as this identity's: a create of it is then a replacement. */
export function isNamedAs(resource: string, id: string, { digest }: Identity): boolean {
  return named.get(`${resource} ${id}`) === digest;
}

/**
 * Whether a marked thing was left behind by an earlier create of this identity (rule 1). Throws CREATOR_ALIVE if it is
 * this identity's, but its creator may still be at work: see `awaitCreator`.
 */
export function isLeftBehind(mark: Mark | undefined, { digest }: Identity): boolean {
  if (mark?.identity !== digest) return false;
  if (isAbandoned(mark)) return true;
  const { machine, pid } = mark.creator;
  const isHere = machine === thisProcess().machine;
  const who = isHere ? `Process ${pid}` : `Process ${pid} of another machine (${machine})`;
  const remedy = isHere
    ? "Wait for it or end it"
    : `Wait until ${new Date((mark.createdAt + usualCreateS) * 1000).toISOString()}`;
  throw new BlockboxError(
    "CREATOR_ALIVE",
    `${who} is creating the same resource already, and has not ended. ${remedy}, then run again.`,
  );
}

/** Runs a create, and again as long as another process that has begun the same one is alive, within a limit. */
export async function awaitCreator<T>(create: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + creatorWaitMs;
  for (let told = false; ; told = true) {
    try {
      return await create();
    } catch (error) {
      if (!BlockboxError.is(error) || error.code !== "CREATOR_ALIVE" || performance.now() > deadline) throw error;
      throwIfCancelled("another process that creates the same");
      if (!told) notice(`waiting: ${error.message}`);
      await sleep(1_000);
    }
  }
}

/** Whether nobody can be creating the thing any more. One of ours that is not under way now is a create of ours that failed. */
function isAbandoned(mark: Mark): boolean {
  const us = thisProcess();
  const { machine, pid, start } = mark.creator;
  return (machine === us.machine && pid === us.pid && start === us.start) || isDead(mark);
}

/** Whether the process that made the mark has ended; of another machine's, after a time. */
export function isDead({ creator, createdAt }: Mark): boolean {
  const state = creatorState(creator);
  return state === "dead" || (state === "elsewhere" && Date.now() / 1000 - createdAt > usualCreateS);
}
