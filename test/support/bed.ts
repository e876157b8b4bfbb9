import { mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tearDown } from "./cleanup.js";
import { type Declared, Deployment, type DeploymentOptions, uniqueName } from "./deployment.js";
import type { Props } from "./rpc.js";
import { type Snapshot, snapshot } from "./system.js";

/** What a test needs of its own: a folder, a group name, a stack; all of it is taken away after the test. */
export interface Bed {
  readonly dir: string;
  readonly group: string;
  readonly image: string;
  readonly deployment: Deployment;
  /** A path in the bed's folder. */
  path(name: string): string;
  snapshot(): Promise<Snapshot>;
  /** A Backend with a loop file in the bed's folder: `size` GiB, sparse unless said, so that tests write little. */
  backend(options?: { size?: number; sparse?: boolean; lvm?: Props }): Declared;
  /** A volume in `backend()`. */
  volume(name: string, inputs: Props): Declared;
  /** An attachment of `volume(volume, …)`, mounted at `path(name)` as the inputs say. */
  attachment(name: string, volume: string, inputs?: Props): Declared;
}

export interface Lifetime {
  after(body: () => Promise<void>): void;
}

/** For a bed that the tests of a whole file share: what node:test's own context does for one test. */
export function sharedLifetime(): Lifetime & { end(): Promise<void> } {
  const endings: (() => Promise<void>)[] = [];
  return {
    after: (body) => void endings.push(body),
    async end() {
      for (const ending of endings.splice(0).reverse()) await ending();
    },
  };
}

export async function makeBed(lifetime: Lifetime, hint: string, options: DeploymentOptions = {}): Promise<Bed> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), `bbt-${hint}-`)));
  const group = uniqueName(hint);
  const deployment = new Deployment({ stack: group, ...options });
  lifetime.after(() => tearDown(dir, group));
  const image = join(dir, "pool.img");
  return {
    dir,
    group,
    image,
    deployment,
    path: (name) => join(dir, name),
    snapshot: () => snapshot(dir),
    backend: ({ size = 4, sparse = true, lvm = {} } = {}) => ({
      kind: "Backend",
      name: "pool",
      inputs: { lvm: { volumeGroup: group, loopFile: { path: image, size, sparse }, ...lvm } },
    }),
    volume: (name, inputs) => ({
      kind: "Volume",
      name,
      backend: "pool",
      inputs: (ref) => ({ backend: ref("pool"), ...inputs }),
    }),
    attachment: (name, volume, inputs = {}) => ({
      kind: "Attachment",
      name,
      inputs: (ref) => ({ volume: ref(volume), mount: { path: join(dir, name) }, ...inputs }),
    }),
  };
}

/** A folder to mount on, made if need be. */
export async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}
