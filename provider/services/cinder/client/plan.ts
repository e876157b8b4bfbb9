import { BlockboxError } from "../../../errors.js";
import { parseEndpoint } from "./endpoint.js";
import type { Settings } from "./keys.js";
import { type KeystonePlan, keystonePlan } from "./keystonePlan.js";
import { missingEndpoint } from "./missing.js";

export interface NoauthPlan {
  readonly kind: "noauth";
  readonly endpoint: string;
  readonly user: string;
  readonly project: string;
}

const noauthWords = ["noauth", "none", "cinder-noauth"];
const passwordWords = ["password", "v3password"];
const credentialWords = ["v3applicationcredential", "applicationcredential", "application_credential"];

/**
 * How to reach the service that settings describe. Where nothing else is said, an endpoint without an auth URL means
 * noauth. Throws CONFIG_MISSING where nothing says where it is, CONFIG_INVALID for what contradicts or lacks.
 */
export function planFor(settings: Settings): NoauthPlan | KeystonePlan {
  const { endpoint, authUrl } = settings;
  const authType = settings.authType?.toLowerCase();
  if (authType === undefined && authUrl === undefined) return noauthPlan(settings);
  if (authType === undefined) {
    const { applicationCredentialId, applicationCredentialName } = settings;
    const hasCredential = applicationCredentialId !== undefined || applicationCredentialName !== undefined;
    return keystonePlan(settings, hasCredential ? "applicationCredential" : "password");
  }
  if (noauthWords.includes(authType)) return noauthPlan(settings);
  if (authUrl === undefined && endpoint === undefined) throw missingEndpoint();
  if (passwordWords.includes(authType)) return keystonePlan(settings, "password");
  if (credentialWords.includes(authType)) return keystonePlan(settings, "applicationCredential");
  throw new BlockboxError(
    "CONFIG_INVALID",
    `The authType "${settings.authType}" (OS_AUTH_TYPE) is not known here. Known are noauth, password and v3applicationcredential.`,
  );
}

/** Cinder's own rules: a user without a project has the project of that name, and a user's name ends at the first colon. */
function noauthPlan(settings: Settings): NoauthPlan {
  if (settings.endpoint === undefined) throw missingEndpoint();
  const endpoint = parseEndpoint(settings.endpoint, "The endpoint");
  const user = settings.user ?? settings.username ?? "admin";
  const wanted = settings.project ?? settings.projectName;
  if (wanted !== undefined && endpoint.project !== undefined && wanted !== endpoint.project) {
    throw new BlockboxError(
      "CONFIG_INVALID",
      `The endpoint names the project "${endpoint.project}", the setting project (OS_PROJECT_ID) "${wanted}". Let the endpoint end with /v3.`,
    );
  }
  const project = wanted ?? endpoint.project ?? user;
  requireHeaderText(user, "user");
  requireHeaderText(project, "project");
  if (user.includes(":")) {
    throw new BlockboxError("CONFIG_INVALID", `The user "${user}" has a colon, which ends a user's name with noauth.`);
  }
  return { kind: "noauth", endpoint: endpoint.url, user, project };
}

/** Both travel in a header. */
function requireHeaderText(text: string, key: string): void {
  if (/^[!-~]([ -~]*[!-~])?$/.test(text)) return;
  throw new BlockboxError(
    "CONFIG_INVALID",
    `The ${key} ${JSON.stringify(text)} has characters that are not plain ASCII.`,
  );
}
