import { randomBytes } from "node:crypto";
import type { CinderRig } from "./options.js";

export interface Thing {
  readonly id: string;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Everything that a project has, and the volume types that bear its name. */
export interface Held {
  readonly types: readonly string[];
  readonly volumes: readonly Thing[];
  readonly snapshots: readonly Thing[];
  readonly attachments: readonly Thing[];
}

type Rows = Record<string, { id: string; name?: string; status?: string; metadata?: Record<string, string> }[]>;

/** A project of its own in a rig without Keystone: tests that share the rig do not see each other's things. */
export class OwnProject {
  readonly id = randomBytes(16).toString("hex");
  readonly #rig: CinderRig;

  constructor(rig: CinderRig) {
    this.#rig = rig;
  }

  /** A name that is this project's alone: volume types are everybody's. */
  named(name: string): string {
    return `${this.id.slice(0, 8)}-${name}`;
  }

  /** A stack's configuration. */
  config(endpoint = this.#rig.endpoint, settings: Record<string, string> = {}): Record<string, string> {
    const all = { endpoint, project: this.id, ...settings };
    return Object.fromEntries(Object.entries(all).map(([key, value]) => [`blockbox:${key}`, value]));
  }

  /** Asks for what has to go well, as this project's administrator. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#rig.endpoint}${path}`, {
      method,
      headers: {
        "x-auth-token": `admin:${this.id}`,
        "openstack-api-version": "volume 3.70",
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async held(): Promise<Held> {
    const [types, volumes, snapshots, attachments] = await Promise.all([
      this.#rows("types", "volume_types", "?is_public=None"),
      this.#rows("volumes/detail", "volumes"),
      this.#rows("snapshots/detail", "snapshots"),
      this.#rows("attachments/detail", "attachments"),
    ]);
    return {
      types: types.flatMap(({ name = "" }) => (name.startsWith(this.named("")) ? [name] : [])),
      volumes: volumes.map(thing),
      snapshots: snapshots.map(thing),
      attachments: attachments.map(thing),
    };
  }

  /** What says on a thing that it is only just being made. */
  async marks(): Promise<string[]> {
    const { volumes, snapshots } = await this.held();
    const keys = [...volumes, ...snapshots].flatMap(({ id, metadata }) =>
      Object.keys(metadata).map((key) => ({ id, key })),
    );
    return keys.flatMap(({ id, key }) => (key.startsWith("blockbox:") ? [`${key} on ${id}`] : []));
  }

  async #rows(path: string, name: string, query = ""): Promise<Rows[string]> {
    return ((await this.call("GET", `/${path}${query}`)) as Rows)[name] ?? [];
  }
}

function thing({ id, status = "", metadata = {} }: Rows[string][number]): Thing {
  return { id, status, metadata };
}
