import { BlockboxError, type ErrorCode } from "../../errors.js";
import { listMessages } from "./api/messages.js";
import { listVolumeServices } from "./api/services.js";
import type { CinderClient } from "./client/client.js";

/** A thing of Cinder's that is not as it should be after an operation. */
export interface Failed {
  readonly id: string;
  readonly status: string;
  /** The pool that it is in, where we may know that. */
  readonly host?: string | null | undefined;
}

/**
 * What went wrong with an operation that Cinder accepted: its own message for users, or that the volume service is
 * down, or where to look. `what` reads like "Volume a (id) could not grow to 2 GiB".
 */
export async function operationFailed(
  client: CinderClient,
  what: string,
  failed: Failed,
  options: { readonly since?: number; readonly advice?: string; readonly code?: ErrorCode } = {},
): Promise<BlockboxError> {
  const [message, down] = await Promise.all([
    messageOf(client, failed.id, options.since ?? 0),
    downService(client, failed.host),
  ]);
  const words = message ?? "Cinder gives no reason: its log (cinder-volume.log) has more";
  const service = down === undefined ? "" : ` The volume service ${down} is down.`;
  const advice = options.advice === undefined ? "" : ` ${options.advice}`;
  return new BlockboxError(
    options.code ?? "SERVICE_FAILED",
    `${what}; its status is ${failed.status}. ${words}.${service}${advice}`,
  );
}

/** As operationFailed, for one that has not ended in time. */
export function operationLate(client: CinderClient, what: string, limitMs: number, failed: Failed) {
  return operationFailed(client, `${what} within ${Math.round(limitMs / 1000)} s`, failed, {
    code: "TIMED_OUT",
    advice: "It may still be under way. Look at the service, then run again; `timeouts` lets it take longer.",
  });
}

/** The newest message of Cinder about the thing that is not older than the operation (`since`: ms since 1970). */
async function messageOf(client: CinderClient, id: string, since: number): Promise<string | undefined> {
  try {
    const messages = await listMessages(client, id);
    // Cinder's clock may differ from ours by a little; its times are UTC without saying so.
    const [newest] = messages.filter((message) => Date.parse(`${message.created_at}Z`) > since - 60_000);
    if (newest === undefined) return undefined;
    const request = newest.request_id ? ` (request ${newest.request_id})` : "";
    return `${newest.user_message.replace(/[\s.]+$/, "")}${request}`;
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
