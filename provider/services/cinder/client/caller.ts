import { setTimeout as sleep } from "node:timers/promises";
import { type Asked, failureOf } from "./judge.js";
import { pauseBefore } from "./retry.js";
import type { Secrets } from "./secrets.js";
import type { Outgoing, Reply, Transport } from "./transport.js";

export interface Call extends Omit<Outgoing, "url" | "headers" | "body"> {
  /** The address that the path stands behind, without trailing slash. */
  readonly at: string;
  /** With a leading slash, encoded. */
  readonly path: string;
  readonly search?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whether it changes nothing, so that it may be sent twice. Default: a GET. */
  readonly repeatable?: boolean;
  readonly loginAdvice: string;
  /** Default: Cinder. */
  readonly service?: Asked["service"];
  /** Statuses that are an answer too, beside those from 200 to 299 but 204. */
  readonly answers?: readonly number[];
}

/** Sends requests, again where that is safe, until one is done or has failed for good. */
export class Caller {
  readonly #transport: Transport;
  readonly #secrets: Secrets;
  readonly #timeoutMs: number;

  constructor(transport: Transport, secrets: Secrets, timeoutMs: number) {
    this.#transport = transport;
    this.#secrets = secrets;
    this.#timeoutMs = timeoutMs;
  }

  /** Throws CinderError for every reply that is no answer. */
  async send(call: Call): Promise<{ reply: Reply; asked: Asked }> {
    const repeatable = call.repeatable ?? call.method === "GET";
    const outgoing = {
      method: call.method,
      url: `${call.at}${call.path}${call.search ?? ""}`,
      headers: {
        accept: "application/json",
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...call.headers,
      },
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
    };
    const begun = performance.now();
    for (let count = 1; ; count += 1) {
      const outcome = await this.#transport.exchange(outgoing);
      const elapsedMs = performance.now() - begun;
      const limitMs = this.#timeoutMs;
      const pauseMs = pauseBefore({ outcome, repeatable, count, elapsedMs, limitMs, nowMs: Date.now() });
      if (pauseMs !== undefined) {
        await sleep(pauseMs);
        continue;
      }
      const asked = this.#asked(call, !repeatable);
      const failure = failureOf(asked, outcome);
      if (failure !== undefined || outcome.kind === "none") throw failure;
      return { reply: outcome, asked };
    }
  }

  #asked({ method, path, at, loginAdvice, service = "Cinder", answers = [] }: Call, changes: boolean): Asked {
    const name = `${method} ${path}`;
    return { name, at, changes, service, loginAdvice, answers, timeoutMs: this.#timeoutMs, secrets: this.#secrets };
  }
}
