import type { IncomingHttpHeaders } from "node:http";

/** A request as the proxy met it, and what came of it. */
export interface Recorded {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** Of requests that have one, as text. */
  readonly body: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** When it came, by performance.now(). */
  readonly at: number;
  /** When the answer had gone; missing while it has not, and where the connection was cut. */
  readonly answeredAt?: number;
  /** What the client was told; missing where it was told nothing. */
  readonly status?: number;
  /** The service's, if it was asked. */
  readonly serviceStatus?: number;
  readonly requestId?: string;
}

/** The answer that a client gets. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** What goes wrong with a request. */
export type Fault =
  /** The connection is reset before the service hears of it. */
  | { kind: "resetBefore" }
  /** The service does it; then the connection is reset: the reply is lost. */
  | { kind: "resetAfter" }
  /** Answered by the proxy; the service hears nothing. `retryAfter`: as the header has it. */
  | { kind: "answer"; status: 429 | 500 | 502 | 503 | 504; retryAfter?: string }
  /** The service does it, and the client gets this answer for it. */
  | { kind: "answerAfter"; status: 500 | 502 | 503 | 504 }
  /** The service's answer, so much later. */
  | { kind: "stall"; ms: number }
  /** The service hears of it so much later, also if the client waits no longer. */
  | { kind: "late"; ms: number }
  /** Half of the service's body, then the connection is reset. */
  | { kind: "cutBody" }
  /** A page, with 200, such as a captive portal has; the service hears nothing. */
  | { kind: "html" }
  /** What a Cinder without a login answers to a request without a token: 204 to whatever it is. */
  | { kind: "managementUrl" }
  /** The service's answer, changed. */
  | { kind: "change"; change: (answer: Answer, request: Recorded) => void };

export interface Rule {
  /** All that is said must be so; nothing said: every request. */
  readonly method?: string;
  /** Of the path without the query. */
  readonly path?: RegExp;
  readonly when?: (request: Recorded) => boolean;
  /** Of the requests that match, from which on (the first is 1, the default) and how many (all, unless said). */
  readonly from?: number;
  readonly times?: number;
  readonly fault: Fault;
}

/** A rule that counts what it matched. */
export class CountingRule {
  #matched = 0;
  readonly #rule: Rule;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  /** The fault of a request, if it shall have this one. */
  meets(request: Recorded): Fault | undefined {
    const { method, path, when, from = 1, times = Number.POSITIVE_INFINITY, fault } = this.#rule;
    if (method !== undefined && method !== request.method) return undefined;
    if (path !== undefined && !path.test(request.path)) return undefined;
    if (when !== undefined && !when(request)) return undefined;
    this.#matched += 1;
    return this.#matched >= from && this.#matched < from + times ? fault : undefined;
  }

  /** How many requests it has matched. */
  get matched(): number {
    return this.#matched;
  }
}

/** An answer that no service was asked for. */
export function madeUp(fault: Fault): Answer | undefined {
  switch (fault.kind) {
    case "answer": {
      const headers = {
        "content-type": "application/json",
        ...(fault.retryAfter && { "retry-after": fault.retryAfter }),
      };
      return { status: fault.status, headers, body: faultBody(fault.status) };
    }
    case "html":
      return {
        status: 200,
        headers: { "content-type": "text/html" },
        body: Buffer.from("<!doctype html><title>Welcome</title><p>Please sign in.</p>\n"),
      };
    case "managementUrl":
      return { status: 204, headers: { "x-server-management-url": "http://127.0.0.1/v3/" }, body: Buffer.alloc(0) };
    default:
      return undefined;
  }
}

export const faultBody = (code: number) =>
  Buffer.from(JSON.stringify({ computeFault: { code, message: "The proxy of the tests says so." } }));
