import type { z } from "zod";
import { pathOf, type Query, searchOf } from "./address.js";
import { Caller } from "./caller.js";
import { type Access, type Credentials, noauthCredentials } from "./credentials.js";
import { discover } from "./discovery.js";
import { CinderError } from "./error.js";
import { type Asked, readValue, requestId } from "./judge.js";
import { numberKeys } from "./keys.js";
import { KeystoneCredentials } from "./keystone.js";
import { requireKeystoneAt } from "./noauthGuard.js";
import { warnIfPlain } from "./plainHttp.js";
import { planFor } from "./plan.js";
import { Secrets } from "./secrets.js";
import { type Settings, settingsFor } from "./settings.js";
import { tlsOptions } from "./tls.js";
import { type Reply, Transport } from "./transport.js";

export type { Query } from "./address.js";
export { CinderError, isNotFound } from "./error.js";

/**
 * The REST API of one Cinder. Every request throws CinderError, with the service's own words, when it fails. What only
 * reads is repeated where that can help, what changes only where nothing was done.
 */
export interface CinderClient {
  /** Where its volumes live, as state records it (rule 9): e.g. `http://host:8776/v3`, and the project's id. */
  location(): Promise<{ endpoint: string; project: string }>;
  /** The microversion that is spoken with it: the newest that both know. */
  microversion(): Promise<string>;
  /** How many changes may be under way at once. It is not kept here: the client does not know how long a change lasts. */
  readonly maxInFlight: number;
  readonly operationTimeoutMs: number;
  /** `path`: segments under /v3, encoded one by one. */
  get<T>(path: readonly string[], schema: z.ZodType<T>, query?: Query): Promise<T>;
  /** `schema`: z.unknown() where no body is wanted. */
  post<T>(path: readonly string[], body: unknown, schema: z.ZodType<T>): Promise<T>;
  put<T>(path: readonly string[], body: unknown, schema: z.ZodType<T>): Promise<T>;
  /** Begins what goes on after the answer, whose body says nothing. Returns the request's id in the service's logs. */
  begin(path: readonly string[], body: unknown): Promise<string | undefined>;
  /** As `begin`. */
  delete(path: readonly string[], query?: Query): Promise<string | undefined>;
}

type ReadReply<T> = (asked: Asked, reply: Reply) => T;

const asSchema =
  <T>(schema: z.ZodType<T>): ReadReply<T> =>
  (asked, reply) =>
    readValue(asked, reply, schema);
const asRequestId: ReadReply<string | undefined> = (_asked, reply) => requestId(reply);

interface Message {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly search?: string;
  readonly body?: unknown;
}

const clients = new Map<string, CinderClient>();

/**
 * One client per service and process: connections, token and discovery are shared. `cloud`: an entry of clouds.yaml
 * instead of the configured service. Makes no request by itself. Throws CONFIG_MISSING, CONFIG_INVALID.
 */
export function cinderClient(cloud?: string): CinderClient {
  const settings = settingsFor(cloud);
  const key = JSON.stringify(Object.entries(settings).sort());
  const client = clients.get(key) ?? new Client(settings);
  clients.set(key, client);
  return client;
}

/** Beside the changes that are under way: waits and lists. */
const spareConnections = 4;

class Client implements CinderClient {
  readonly maxInFlight: number;
  readonly operationTimeoutMs: number;
  readonly #transport: Transport;
  readonly #caller: Caller;
  readonly #credentials: Credentials;
  #version: Promise<string> | undefined;

  constructor(settings: Settings) {
    const plan = planFor(settings);
    const secrets = new Secrets();
    const timeoutMs = (settings.requestTimeout ?? numberKeys.requestTimeout.default) * 1_000;
    this.maxInFlight = settings.maxInFlight ?? numberKeys.maxInFlight.default;
    this.operationTimeoutMs = (settings.operationTimeout ?? numberKeys.operationTimeout.default) * 1_000;
    const connections = this.maxInFlight + spareConnections;
    this.#transport = new Transport({ connections, timeoutMs, tls: tlsOptions(settings) });
    this.#caller = new Caller(this.#transport, secrets, timeoutMs);
    this.#credentials =
      plan.kind === "noauth" ? noauthCredentials(plan) : new KeystoneCredentials(plan, this.#caller, secrets);
  }

  async location(): Promise<{ endpoint: string; project: string }> {
    const { endpoint, project } = await this.#credentials.access();
    return { endpoint, project };
  }

  async microversion(): Promise<string> {
    return this.#discovered(await this.#credentials.access());
  }

  get<T>(path: readonly string[], schema: z.ZodType<T>, query?: Query): Promise<T> {
    return this.#send({ method: "GET", path: pathOf(path), search: searchOf(query) }, asSchema(schema));
  }

  post<T>(path: readonly string[], body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#send({ method: "POST", path: pathOf(path), body }, asSchema(schema));
  }

  put<T>(path: readonly string[], body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#send({ method: "PUT", path: pathOf(path), body }, asSchema(schema));
  }

  begin(path: readonly string[], body: unknown): Promise<string | undefined> {
    return this.#send({ method: "POST", path: pathOf(path), body }, asRequestId);
  }

  delete(path: readonly string[], query?: Query): Promise<string | undefined> {
    return this.#send({ method: "DELETE", path: pathOf(path), search: searchOf(query) }, asRequestId);
  }

  async #send<T>(message: Message, read: ReadReply<T>): Promise<T> {
    const access = await this.#credentials.access();
    const version = await this.#discovered(access);
    try {
      return await this.#sendAs(access, version, message, read);
    } catch (error) {
      // Refused before anything was done, so also a change may be sent again.
      const renewed =
        error instanceof CinderError && error.status === 401 ? await this.#credentials.renewed(access) : undefined;
      if (renewed === undefined) throw error;
      return this.#sendAs(renewed, version, message, read);
    }
  }

  async #sendAs<T>({ endpoint, token }: Access, version: string, message: Message, read: ReadReply<T>): Promise<T> {
    const headers = { "x-auth-token": token, "openstack-api-version": `volume ${version}` };
    const loginAdvice = this.#credentials.advice;
    const answers = isComplete(message) ? [204] : [];
    const { reply, asked } = await this.#caller.send({ ...message, at: endpoint, headers, loginAdvice, answers });
    return read(asked, reply);
  }

  /** Asked for once; where that fails, the next request asks again. */
  #discovered(access: Access): Promise<string> {
    warnIfPlain(access.endpoint);
    this.#version ??= this.#met(access).catch((error) => {
      this.#version = undefined;
      throw error;
    });
    return this.#version;
  }

  async #met(access: Access): Promise<string> {
    if (this.#credentials.byKeystone) await requireKeystoneAt(access.endpoint, this.#transport);
    return discover(this.#caller, access, this.#credentials.advice);
  }
}

/** Completing an attachment is the one request of ours that Cinder answers with 204. */
function isComplete({ body }: Message): boolean {
  return typeof body === "object" && body !== null && "os-complete" in body;
}
