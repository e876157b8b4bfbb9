import type { Keystone } from "./keystone.js";

/** The API as its administrator asks it. */
export class Api {
  /** Of a caller without Keystone; hexadecimal, as Cinder wants project ids to be. */
  readonly project = "b10cb0";
  readonly #endpoint: string;
  readonly #keystone: Keystone | undefined;

  constructor(endpoint: string, keystone: Keystone | undefined) {
    this.#endpoint = endpoint;
    this.#keystone = keystone;
  }

  async token(): Promise<string> {
    return this.#keystone ? this.#keystone.token(this.#keystone.admin) : `admin:${this.project}`;
  }

  async call(method: string, path: string, body?: unknown) {
    const response = await fetch(`${this.#endpoint}${path}`, {
      method,
      headers: {
        "x-auth-token": await this.token(),
        "openstack-api-version": "volume 3.70",
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") && text !== "";
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text, headers: response.headers };
  }

  /** The quotas of every project that has none of its own. They are in the database: configuration counts before it is made. */
  async limit(quotas: Record<string, number>): Promise<void> {
    const { status, body } = await this.call("PUT", "/os-quota-class-sets/default", { quota_class_set: quotas });
    if (status !== 200) throw new Error(`quotas: ${status} ${JSON.stringify(body)}`);
  }

  /** The backends whose pools the scheduler knows of. */
  async pools(): Promise<string[]> {
    const { body } = await this.call("GET", "/scheduler-stats/get_pools");
    return (body as { pools: { name: string }[] }).pools.map(({ name }) => name);
  }

  /** The volume service's backends. */
  async volumeServices(): Promise<{ host: string; state: "up" | "down"; updated: number }[]> {
    const { body } = await this.call("GET", "/os-services?binary=cinder-volume");
    return (body as { services: { host: string; state: "up" | "down"; updated_at: string }[] }).services.map(
      ({ host, state, updated_at }) => ({ host, state, updated: Date.parse(`${updated_at}Z`) }),
    );
  }
}
