import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { CinderRelease } from "../../../tools/steps/cinderPlaces.mjs";
import { Deployment, type DeploymentOptions, uniqueName } from "../deployment.js";
import type { CinderOptions, CinderRig } from "./options.js";
import { type FaultProxy, startProxy } from "./proxy.js";
import { Raw } from "./raw.js";
import { startCinder } from "./rig.js";

/** The Cinder of this run: BLOCKBOX_CINDER=debian is the oldest that is supported, else it is the newest. */
export const release: CinderRelease = process.env.BLOCKBOX_CINDER === "debian" ? "debian" : "pypi";

export type Row = Record<string, unknown>;

/** A Cinder with a proxy before it, so that what a provider asks of it can be told. */
export interface CinderBed {
  readonly rig: CinderRig;
  readonly proxy: FaultProxy;
  /** What others do to the service, past the proxy. */
  readonly raw: Raw;
  /** A stack of its own whose provider has this Cinder configured. */
  deployment(options?: DeploymentOptions): Deployment;
  /** Its row as Cinder itself shows it. */
  show(kind: "volumes" | "snapshots", id: string): Promise<Row>;
  /** The volume type of that name, extra specs included. */
  type(name: string): Promise<(Row & { id: string; extra_specs: Record<string, string> }) | undefined>;
  attachments(volume: string): Promise<(Row & { id: string })[]>;
}

/** A bed for the tests of a file. */
export function cinderBed(options: Omit<CinderOptions, "release"> = {}): () => CinderBed {
  let bed: CinderBed | undefined;
  before(async () => {
    bed = await makeBed(options);
  });
  after(async () => {
    await bed?.proxy.stop();
    await bed?.rig.stop();
  });
  return () => bed as CinderBed;
}

const unlimited = { volumes: -1, snapshots: -1, gigabytes: -1 };

async function makeBed(options: Omit<CinderOptions, "release">): Promise<CinderBed> {
  const rig = await startCinder({ release, quotas: unlimited, ...options });
  const proxy = await startProxy(rig.endpoint);
  const raw = new Raw(rig);
  return {
    rig,
    proxy,
    raw,
    deployment: ({ config, ...rest } = {}) =>
      new Deployment({
        stack: uniqueName("lives"),
        ...rest,
        config: { "blockbox:endpoint": proxy.endpoint, "blockbox:project": rig.project, ...config },
      }),
    async show(kind, id) {
      const row = await raw.row(kind, id);
      assert.ok(row, `Cinder has no ${kind} ${id}`);
      return row;
    },
    async type(name) {
      const { body } = await rig.call("GET", "/types?is_public=None");
      const types = (body as { volume_types: Awaited<ReturnType<CinderBed["type"]>>[] }).volume_types;
      return types.find((type) => type?.name === name);
    },
    async attachments(volume) {
      const { body } = await rig.call("GET", `/attachments/detail?volume_id=${volume}`);
      return (body as { attachments: (Row & { id: string })[] }).attachments;
    },
  };
}
