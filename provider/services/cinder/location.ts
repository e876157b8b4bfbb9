import { BlockboxError } from "../../errors.js";
import type { CinderClient } from "./client/client.js";
import { isNotFound } from "./client/error.js";

/** Where a thing lives, as state records it (rule 9). */
export interface CinderLocation {
  readonly endpoint: string;
  readonly project: string;
}

/**
 * What `find` gives; nothing if the thing is proven gone: the Cinder that is recorded says so itself. What another one
 * does not have is an error instead, and what it has was moved there.
 */
export async function findThere<T>(
  client: CinderClient,
  recorded: CinderLocation | undefined,
  what: string,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await foundOrNothing(find);
  if (found !== undefined || recorded === undefined) return found;
  if (!(await isElsewhere(client, recorded))) return undefined;
  const here = await client.location();
  throw new BlockboxError(
    "NOT_HERE",
    `${what} is recorded at ${recorded.endpoint}, project ${recorded.project}, but ${here.endpoint}, project ${here.project}, is configured and does not have it. Absent is not gone: configure the recorded one (\`pulumi config set blockbox:endpoint\`, or CINDER_ENDPOINT), or give it back the provider that it was made with, then run again.`,
  );
}

/** Whether another Cinder or project is configured than the one that is recorded. What was imported by hand has none. */
async function isElsewhere(client: CinderClient, recorded: CinderLocation | undefined): Promise<boolean> {
  if (recorded === undefined) return false;
  const here = await client.location();
  return here.endpoint !== recorded.endpoint || here.project !== recorded.project;
}

/** Throws if it is recorded elsewhere, and is not here. Where it is recorded here, the next request itself tells. */
export async function requireThere(
  client: CinderClient,
  recorded: CinderLocation | undefined,
  what: string,
  find: () => Promise<unknown>,
): Promise<void> {
  if (await isElsewhere(client, recorded)) await findThere(client, recorded, what, find);
}

async function foundOrNothing<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
