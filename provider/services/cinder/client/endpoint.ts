import { BlockboxError } from "../../../errors.js";

export interface Endpoint {
  /** Without trailing slash and project, e.g. `http://host:8776/v3`. */
  readonly url: string;
  /** The project that stood behind it. */
  readonly project?: string;
}

/**
 * The Cinder endpoint that a text means: `http://host:8776`, with `/v3`, with `/v3/PROJECT`, behind a path or not.
 * `from`: where the text stands, for errors. Throws CONFIG_INVALID for what can be no endpoint of Cinder's API 3.
 */
export function parseEndpoint(text: string, from: string): Endpoint {
  const url = webAddress(text, from);
  const parts = url.pathname.split("/").filter(Boolean);
  const at = parts.findIndex((part, index) => index >= parts.length - 2 && /^v\d+(\.\d+)?$/.test(part));
  if (at === -1) return { url: [url.origin, ...parts, "v3"].join("/") };
  if (parts[at] !== "v3") {
    throw invalid(text, from, `blockbox speaks v3 of Cinder's API, not ${parts[at]}: end it with /v3`);
  }
  const address = [url.origin, ...parts.slice(0, at + 1)].join("/");
  const project = parts[at + 1];
  return project === undefined ? { url: address } : { url: address, project: decoded(project, text, from) };
}

/** A Keystone address, ending in `/v3`. Throws CONFIG_INVALID. */
export function parseAuthUrl(text: string, from: string): string {
  const url = webAddress(text, from);
  const parts = url.pathname.split("/").filter(Boolean);
  const last = parts.at(-1) ?? "";
  if (last === "v3") return [url.origin, ...parts].join("/");
  if (/^v\d/.test(last)) throw invalid(text, from, `blockbox speaks v3 of Keystone's API, not ${last}`);
  return [url.origin, ...parts, "v3"].join("/");
}

function webAddress(text: string, from: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid(text, from, "it is no address such as http://127.0.0.1:8776/v3");
  }
  // What follows is not shown whole: an address with credentials holds a secret.
  if (url.username !== "" || url.password !== "") {
    throw invalid(`${url.protocol}//…@${url.host}`, from, "credentials do not belong into it");
  }
  if (url.search !== "" || url.hash !== "") throw invalid(text, from, "it has a part behind ? or #");
  return url;
}

function decoded(project: string, text: string, from: string): string {
  try {
    return decodeURIComponent(project);
  } catch {
    throw invalid(text, from, "the project behind /v3 is not encoded as an address needs it");
  }
}

function invalid(text: string, from: string, why: string): BlockboxError {
  return new BlockboxError("CONFIG_INVALID", `${from} "${text}" cannot be used: ${why}.`);
}
