import { BlockboxError } from "../../../errors.js";
import type { Transport } from "./transport.js";

/** What a Cinder without Keystone answers to anything that comes without a token, as to a login of an API long gone. */
export const loginHeader = "x-server-management-url";

/**
 * A Cinder that runs without Keystone takes a token of Keystone for the name of a user and of a project, so volumes
 * would land where nobody finds them once the token has changed. Throws CONFIG_INVALID for such a one; what else is
 * wrong with the service comes up with the request itself.
 */
export async function requireKeystoneAt(endpoint: string, transport: Transport): Promise<void> {
  const outcome = await transport.exchange({ method: "GET", url: `${endpoint}/`, headers: {} });
  if (outcome.kind === "none" || outcome.headers[loginHeader] === undefined) return;
  throw new BlockboxError(
    "CONFIG_INVALID",
    `The Cinder at ${endpoint} runs without Keystone, but the configuration logs in at one. Set authType (OS_AUTH_TYPE) to noauth, or mend the endpoint.`,
  );
}
