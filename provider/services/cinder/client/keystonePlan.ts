import { BlockboxError } from "../../../errors.js";
import { parseAuthUrl, parseEndpoint } from "./endpoint.js";
import type { Settings } from "./keys.js";

/** A thing of Keystone by its id, or by its name (and the domain that the name is of). */
export type Reference = { readonly id: string } | { readonly name: string; readonly domain: Domain };
export type Domain = { readonly id: string } | { readonly name: string };

export interface KeystonePlan {
  readonly kind: "keystone";
  /** Ends in `/v3`. */
  readonly authUrl: string;
  /** The `auth` of the request for a token. */
  readonly auth: Readonly<Record<string, unknown>>;
  readonly secret: string;
  readonly region?: string;
  readonly interface: "public" | "internal" | "admin";
  /** Instead of the catalogue's. */
  readonly endpoint?: string;
}

/** Where Keystone puts what has no domain; OpenStack's own command line assumes it too. */
const usualDomain = { id: "default" };

/** Throws CONFIG_INVALID, naming what is missing. */
export function keystonePlan(settings: Settings, method: "password" | "applicationCredential"): KeystonePlan {
  const { region, endpoint } = settings;
  const authUrl = required(settings.authUrl, "authUrl (OS_AUTH_URL)", method);
  return {
    kind: "keystone",
    authUrl: parseAuthUrl(authUrl, "The authUrl"),
    ...(method === "password" ? byPassword(settings) : byApplicationCredential(settings)),
    ...(region === undefined ? {} : { region }),
    interface: interfaceOf(settings.interface ?? "public"),
    ...(endpoint === undefined ? {} : { endpoint: parseEndpoint(endpoint, "The endpoint").url }),
  };
}

function byPassword(settings: Settings): Pick<KeystonePlan, "auth" | "secret"> {
  const password = required(settings.password, "password (OS_PASSWORD)", "password");
  const user = userOf(settings);
  if (user === undefined) throw missing("user (OS_USERNAME or OS_USER_ID)", "password");
  const { project: id, projectName: name } = settings;
  const domain = domainOf(settings.projectDomainId, settings.projectDomainName);
  if (id === undefined && name === undefined)
    throw missing("projectName (OS_PROJECT_NAME or OS_PROJECT_ID)", "password");
  const project = id === undefined ? { name, domain } : { id };
  return {
    secret: password,
    auth: {
      identity: { methods: ["password"], password: { user: { ...user, password } } },
      scope: { project },
    },
  };
}

/** It has its project with it. */
function byApplicationCredential(settings: Settings): Pick<KeystonePlan, "auth" | "secret"> {
  const { applicationCredentialId: id, applicationCredentialName: name } = settings;
  const method = "an application credential";
  const secret = required(
    settings.applicationCredentialSecret,
    "applicationCredentialSecret (OS_APPLICATION_CREDENTIAL_SECRET)",
    method,
  );
  const user = userOf(settings);
  if (id === undefined && name === undefined) throw missing("applicationCredentialId", method);
  if (id === undefined && user === undefined) throw missing("user (OS_USERNAME), whose its name is,", method);
  const reference = id === undefined ? { name, user } : { id };
  return {
    secret,
    auth: { identity: { methods: ["application_credential"], application_credential: { ...reference, secret } } },
  };
}

/** Ids of Keystone are 32 or 64 hexadecimal digits; `user` may be an id or a name, whatever variable it came from. */
function userOf({ user, username, userDomainId, userDomainName }: Settings): Reference | undefined {
  if (user !== undefined && /^([0-9a-f]{32}){1,2}$/.test(user)) return { id: user };
  const name = username ?? user;
  return name === undefined ? undefined : { name, domain: domainOf(userDomainId, userDomainName) };
}

function domainOf(id: string | undefined, name: string | undefined): Domain {
  if (id !== undefined) return { id };
  return name === undefined ? usualDomain : { name };
}

function interfaceOf(text: string): KeystonePlan["interface"] {
  const word = text.replace(/URL$/i, "");
  if (word === "public" || word === "internal" || word === "admin") return word;
  throw new BlockboxError(
    "CONFIG_INVALID",
    `The interface (OS_INTERFACE) is "${text}". It is public, internal or admin.`,
  );
}

function required(value: string | undefined, what: string, method: string): string {
  if (value === undefined) throw missing(what, method);
  return value;
}

function missing(what: string, method: string): BlockboxError {
  return new BlockboxError("CONFIG_INVALID", `To log in at Keystone by ${method}, ${what} is missing.`);
}
