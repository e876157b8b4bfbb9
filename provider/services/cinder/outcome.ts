import { setTimeout as sleep } from "node:timers/promises";
import { isCancelled } from "../../cancellation.js";
import { BlockboxError, type ErrorCode } from "../../errors.js";
import type { Kind } from "./api/describe.js";
import { listMessages } from "./api/messages.js";
import { listVolumeServices } from "./api/services.js";
import type { CinderClient } from "./client/client.js";

const lookAgainMs = 300;

/** A thing of Cinder's that is not as it should be after an operation. */
export interface Failed {
  readonly id: string;
  readonly status: string;
  /** The pool that it is in, where we may know that. */
  readonly host?: string | null | undefined;
}

/** An operation that failed: when it began (ms since 1970), by which id Cinder's logs know it, and what to do. */
interface Circumstances {
  readonly since?: number;
  readonly requestId?: string | undefined;
  readonly advice?: string | undefined;
  readonly code?: ErrorCode;
}

/**
 * What went wrong with an operation that Cinder accepted: its own message for users, or that the volume service is
 * down, or where to look. `what` reads like "Volume a (id) could not grow to 2 GiB".
 */
export async function operationFailed(
  client: CinderClient,
  what: string,
  failed: Failed,
  options: Circumstances = {},
): Promise<BlockboxError> {
  const [message, down] = await Promise.all([messageOf(client, failed.id, options), downService(client, failed.host)]);
  const under = options.requestId === undefined ? "" : ` under request ${options.requestId}`;
  const words = message ?? `Cinder gives no reason: its log (cinder-volume.log) has more${under}`;
  const service = down === undefined ? "" : ` The volume service ${down} is down.`;
  const advice = options.advice === undefined ? "" : ` ${options.advice}`;
  return new BlockboxError(
    options.code ?? "SERVICE_FAILED",
    `${what}; its status is ${failed.status}. ${words}.${service}${advice}`,
  );
}

/** What to do about a thing that Cinder has given a status of error. */
export function onceMended(kind: Kind, id: string): string {
  const command = kind === "volumes" ? "reset-state" : "snapshot-reset-state";
  return `Once the cause is mended, set its status back (\`cinder ${command} ${id} --state available\`) and run again.`;
}

/** As operationFailed, for one that has not ended in time, or not before the user interrupted. */
export async function operationLate(
  client: CinderClient,
  what: string,
  limitMs: number,
  failed: Failed,
  requestId?: string,
): Promise<BlockboxError> {
  if (isCancelled())
    return new BlockboxError(
      "CANCELLED",
      `${what} before the update was interrupted. It may still be under way: run again to go on.`,
    );
  return operationFailed(client, `${what} within ${Math.round(limitMs / 1000)} s`, failed, {
    code: "TIMED_OUT",
    requestId,
    advice: "It may still be under way. Look at the service, then run again; `timeouts` lets it take longer.",
  });
}

/** What Cinder says about the operation. It writes that down only after the status, so that it may take a moment. */
async function messageOf(client: CinderClient, id: string, circumstances: Circumstances): Promise<string | undefined> {
  const looks = circumstances.since === undefined ? 1 : 4;
  for (let look = 1; ; look += 1) {
    const message = await messageSoFar(client, id, circumstances);
    if (message !== undefined || look === looks) return message;
    await sleep(lookAgainMs);
  }
}

/** Its request's messages, or where that is not known, those of the newest that is not older. */
async function messageSoFar(
  client: CinderClient,
  id: string,
  { since = 0, requestId }: Circumstances,
): Promise<string | undefined> {
  try {
    const messages = await listMessages(client, id);
    // Cinder's clock may differ from ours by a little; its times are UTC without saying so.
    const newest = messages.find((message) => Date.parse(`${message.created_at}Z`) > since - 60_000);
    const request = requestId ?? newest?.request_id;
    const told = request ? messages.filter((message) => message.request_id === request) : newest ? [newest] : [];
    if (told.length === 0) return undefined;
    // The same may be said for every backend that was tried.
    const words = new Set(told.map((message) => message.user_message.replace(/[\s.]+$/, "")));
    return `${[...words].join("; ")}${request ? ` (request ${request})` : ""}`;
  } catch {
    // Only an explanation is missing then.
    return undefined;
  }
}

/** The volume service behind a pool, if it is known to be down. */
async function downService(client: CinderClient, pool: string | null | undefined): Promise<string | undefined> {
  const host = pool?.split("#")[0];
  if (!host) return undefined;
  try {
    const service = (await listVolumeServices(client)).find((one) => one.host === host);
    return service?.state === "down" ? host : undefined;
  } catch {
    return undefined;
  }
}
