import type { z } from "zod";
import { CinderError, type CinderFailure } from "./error.js";
import { firstWords, parseFault } from "./fault.js";
import { loginHeader } from "./noauthGuard.js";
import { isTlsCode } from "./retry.js";
import type { Secrets } from "./secrets.js";
import type { NoReply, Reply } from "./transport.js";

/** A request as its errors name it. */
export interface Asked {
  /** e.g. `GET /volumes`. */
  readonly name: string;
  /** The address that its path stands behind. */
  readonly at: string;
  readonly changes: boolean;
  readonly timeoutMs: number;
  readonly secrets: Secrets;
  /** Statuses that are an answer too, beside those from 200 to 299 but 204. */
  readonly answers: readonly number[];
  readonly service: "Cinder" | "Keystone";
  /** What to do when the credentials are refused. */
  readonly loginAdvice: string;
}

type Found = Pick<CinderFailure, "code" | "detail" | "mayHaveHappened"> & Partial<CinderFailure>;

/** The error that an outcome is; undefined where the request was done. */
export function failureOf(asked: Asked, outcome: Reply | NoReply): CinderError | undefined {
  const found = outcome.kind === "none" ? noReply(asked, outcome) : badReply(asked, outcome);
  return found && failure(asked, found, outcome);
}

/** What a reply's body says, in the shape that is asked for. Throws SERVICE_UNFIT naming the first field that is wrong. */
export function readValue<T>(asked: Asked, reply: Reply, schema: z.ZodType<T>): T {
  const result = schema.safeParse(reply.json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join(".") ?? "";
  const what =
    reply.body === ""
      ? "its answer has no body"
      : `its answer has not the shape that Cinder's has${path === "" ? "" : `: ${path}`}: ${issue?.message}`;
  throw failure(asked, unfit(asked, what), reply);
}

function failure(asked: Asked, found: Found, outcome: Reply | NoReply): CinderError {
  // All of this is what others say, and a service may repeat what it was told.
  const clean = (text: string | undefined) => text && asked.secrets.scrub(text);
  const reply = outcome.kind === "reply" ? { status: outcome.status, requestId: clean(requestId(outcome)) } : {};
  const words = { detail: asked.secrets.scrub(found.detail), fault: clean(found.fault) };
  return new CinderError({ ...reply, ...found, ...words, request: asked.name, at: asked.at });
}

/** What to do about a change whose answer was lost. */
const unknown = "Whether it was carried out is not known: run again, which looks first.";

function noReply({ changes, timeoutMs }: Asked, { code, cause, sent }: NoReply): Found {
  const base = { code: "SERVICE_UNREACHABLE", mayHaveHappened: changes && sent } as const;
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    return {
      ...base,
      isLate: true,
      detail: `no answer came within ${timeoutMs / 1_000} s`,
      advice: `Raise requestTimeout if the service is slow.${changes ? ` ${unknown}` : ""}`,
    };
  }
  if (isTlsCode(code)) {
    return {
      ...base,
      detail: `the connection cannot be secured: ${systemWords(cause)} (${code})`,
      advice: "Give the authority that signed its certificate as caCert (OS_CACERT), and the host by the name in it.",
    };
  }
  if (sent) {
    const detail = `the connection ended before the answer: ${systemWords(cause)} (${code})`;
    return { ...base, detail, advice: changes ? unknown : "Run again." };
  }
  return {
    ...base,
    detail: `no connection: ${systemWords(cause)} (${code})`,
    advice: "Is the service running there, and the address right?",
  };
}

/** Where a name has several addresses, Node's error has no words of its own but one error for each of them. */
function systemWords(cause: Error): string {
  const errors = cause instanceof AggregateError ? (cause.errors as Error[]) : [cause];
  return errors.map(({ message }) => message).join("; ");
}

function badReply(asked: Asked, reply: Reply): Found | undefined {
  const { status, headers, cut } = reply;
  // It stands with a 204, and nothing was done.
  if (headers[loginHeader] !== undefined) {
    const words = "it answered as to a login, so the token was lost on the way";
    return { ...unfit(asked, words, "Does a proxy drop X-Auth-Token?"), mayHaveHappened: false };
  }
  if (asked.answers.includes(status)) return undefined;
  if (status >= 400) return refusal(asked, reply);
  if (status >= 300) {
    const to = headers.location === undefined ? "" : ` to ${headers.location}`;
    return { ...unfit(asked, `it points elsewhere${to}`), mayHaveHappened: false };
  }
  if (cut !== undefined) {
    const words = `the answer was cut short (${cut}) after "${quoted(asked, reply)}"`;
    const advice = asked.changes ? unknown : "Run again.";
    return { code: "SERVICE_FAILED", detail: words, advice, mayHaveHappened: asked.changes };
  }
  if (reply.body !== "" && reply.json === undefined) {
    return unfit(asked, `its answer is no JSON: "${quoted(asked, reply)}"`);
  }
  // A proxy or another service that answers so to everything must not be believed.
  if (status === 204) return unfit(asked, "its answer is empty, as Cinder's never is here");
  return undefined;
}

function refusal(asked: Asked, { status, headers, body, cut }: Reply): Found {
  const { changes, loginAdvice, service } = asked;
  const { name, words } = parseFault(body);
  const text = `${words || "it gave no reason"}${cut === undefined ? "" : " (cut short)"}`;
  const isLate = status === 408 || status === 504;
  const base = { detail: text, fault: name, isLate, mayHaveHappened: changes && (status >= 500 || status === 408) };
  if (status >= 500) {
    return {
      ...base,
      code: "SERVICE_FAILED",
      advice: "The service's logs have more about it. Run again once it is well.",
    };
  }
  if (status === 401) return { ...base, code: "AUTH_FAILED", advice: loginAdvice };
  if (status === 413 && name === "overLimit") {
    return {
      ...base,
      code: "QUOTA_EXCEEDED",
      advice: "Raise the project's quota, or remove what is no longer needed.",
    };
  }
  // What Cinder does not know it says as JSON; a page is a router's or a proxy's that does not know the way to it.
  if (status === 404 && name === undefined) return { ...unfit(asked, text), mayHaveHappened: false };
  const wait = status === 429 ? headers["retry-after"] : undefined;
  const later = wait === undefined ? {} : { advice: `${service} asks to try again after: ${wait}.` };
  return { ...base, ...later, code: "SERVICE_REFUSED" };
}

function unfit(asked: Asked, detail: string, advice = `Is ${asked.at} the address of a ${asked.service}?`): Found {
  return { code: "SERVICE_UNFIT", detail, mayHaveHappened: asked.changes, advice };
}

/** The first words of a body; none of an attachment's, which may be secret. */
function quoted({ name }: Asked, { body }: Reply): string {
  return name.includes("/attachments") ? "…" : firstWords(body);
}

/** The id under which the service's logs speak of a request. */
export function requestId({ headers }: Reply): string | undefined {
  const id = headers["x-openstack-request-id"] ?? headers["x-compute-request-id"];
  return typeof id === "string" ? id : id?.[0];
}
