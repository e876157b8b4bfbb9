import type { CinderRelease } from "../../../tools/steps/cinderPlaces.mjs";
import type { Keystone } from "./keystone.js";
import type { Services } from "./services.js";

/** Each a volume_backend_name. What "faults" does is said in test/rig/faultsDriver.py; "lio" and "tgt" are for the guest. */
export type BackendName = "nfs" | "nfs2" | "faults" | "lio" | "tgt";

export interface CinderOptions {
  /** From PyPI, unless said. */
  readonly release?: CinderRelease;
  /** Who may call: anyone, unless a Keystone shall say. */
  readonly auth?: "noauth" | "keystone";
  /** How long tokens of that Keystone are good: an hour, unless said. */
  readonly tokenSeconds?: number;
  /** One process; or a process per service over RabbitMQ, which takes longer and more memory. */
  readonly services?: "together" | "apart";
  /** A project's; -1 is no limit. Cinder's own defaults are 10 volumes, 10 snapshots, 1000 GiB. */
  readonly quotas?: { readonly volumes?: number; readonly snapshots?: number; readonly gigabytes?: number };
  readonly backends?: readonly BackendName[];
  /** For a guest that is booted again: a folder on a disk of its own, with what the boot before left there, if any. */
  readonly folder?: string;
  /** Of the API; a free one, unless said. */
  readonly port?: number;
  /** Where the kernel's targets are reached; by this machine alone, unless said. */
  readonly address?: string;
}

export interface CinderRig extends Services {
  /** Ends in /v3, without a project. */
  readonly endpoint: string;
  /** The id of the project that tests work in: any will do without Keystone. */
  readonly project: string;
  readonly keystone: Keystone | undefined;
  readonly folder: string;
  /** One file per process. */
  readonly logs: string;
  /** Asks the API as its administrator. `path` is what follows /v3. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown; headers: Headers }>;
  /** A token for the test's own calls: the administrator's. */
  token(): Promise<string>;
  sql(statement: string): Promise<string[]>;
  /** Where a backend's volumes are files. */
  filesOf(backend: BackendName): string;
  /** Ends all of it and leaves nothing. */
  stop(): Promise<void>;
}
