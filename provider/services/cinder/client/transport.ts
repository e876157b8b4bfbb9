import { Agent, buildConnector } from "undici";
import { parseJson } from "./fault.js";
import type { TlsOptions } from "./tls.js";

export interface Outgoing {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface Reply {
  readonly kind: "reply";
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** What the body means as JSON; undefined where it is none. */
  readonly json: unknown;
  /** Why the body ends too early; absent where it is whole. */
  readonly cut?: string;
}

export interface NoReply {
  readonly kind: "none";
  /** Whether anything of the request may have reached the service. */
  readonly sent: boolean;
  /** The system's or undici's code, e.g. ECONNREFUSED. */
  readonly code: string;
  readonly cause: Error;
}

/** Above this a reply is no answer of Cinder: a page of 1,000 volumes has about 2 MB. */
const maxReplyBytes = 64 * 1024 ** 2;
const connectTimeoutMs = 10_000;

/** The connections of one client: kept alive, bounded per address. */
export class Transport {
  readonly #agent: Agent;
  readonly #timeoutMs: number;
  /** Errors of connections that never came to be: nothing was sent. */
  readonly #unconnected = new WeakSet<Error>();

  constructor({ connections, timeoutMs, tls }: { connections: number; timeoutMs: number; tls: TlsOptions }) {
    this.#timeoutMs = timeoutMs;
    const connect = buildConnector({ ...tls, timeout: Math.min(timeoutMs, connectTimeoutMs), allowH2: false });
    this.#agent = new Agent({
      connections,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: maxReplyBytes,
      connect: (options, callback) =>
        connect(options, (...[error, socket]) => {
          if (error === null) return callback(null, socket as NonNullable<typeof socket>);
          this.#unconnected.add(error);
          callback(error, null);
        }),
    });
  }

  /** One request, sent once, whatever comes of it. */
  async exchange({ url, ...request }: Outgoing): Promise<Reply | NoReply> {
    const { origin, pathname, search } = new URL(url);
    try {
      const { statusCode, headers, body } = await this.#agent.request({
        ...request,
        body: request.body ?? null,
        origin,
        path: `${pathname}${search}`,
      });
      // undici's own limit is for the time between two pieces: this is for all of them.
      const limit = setTimeout(() => body.destroy(new Error("it did not end in time")), this.#timeoutMs);
      const read = await readAll(body, headers["content-type"]).finally(() => clearTimeout(limit));
      return { kind: "reply", status: statusCode, headers, ...read };
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") throw error;
      if (error.code === "UND_ERR_INVALID_ARG") throw error;
      return { kind: "none", sent: !this.#unconnected.has(error), code: error.code, cause: error };
    }
  }
}

async function readAll(
  body: AsyncIterable<Buffer>,
  contentType: unknown,
): Promise<Pick<Reply, "body" | "json" | "cut">> {
  const pieces: Buffer[] = [];
  const text = () => Buffer.concat(pieces).toString("utf8");
  try {
    for await (const piece of body) pieces.push(piece);
  } catch (error) {
    return { body: text(), json: undefined, cut: error instanceof Error ? error.message : String(error) };
  }
  const whole = text();
  const json = parseJson(whole);
  // Where the end of the connection is the end of the body, this is all that shows that something is missing.
  const isBroken = json === undefined && whole !== "" && `${contentType}`.startsWith("application/json");
  return { body: whole, json, ...(isBroken ? { cut: "it is no whole JSON" } : {}) };
}
