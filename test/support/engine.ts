import { rm } from "node:fs/promises";
import { Deployment, type Kind, type Stored } from "./deployment.js";
import { makeProgramDir } from "./programDir.js";
import { type Provider, type StartOptions, startProvider } from "./provider.js";
import type { Props } from "./rpc.js";

/** As the engine with `--parallel` has it: a provider, and many calls to it at once. */
export class Engine {
  readonly provider: Provider;
  readonly #names: Deployment;
  readonly #folder: string;

  private constructor(provider: Provider, stack: string, folder: string) {
    this.provider = provider;
    this.#names = new Deployment({ stack });
    this.#folder = folder;
  }

  static async start({
    stack = "bench",
    ...options
  }: Pick<StartOptions, "config" | "env"> & { stack?: string } = {}): Promise<Engine> {
    const cwd = await makeProgramDir();
    return new Engine(await startProvider({ cwd, ...options }), stack, cwd);
  }

  /** What a program's constructor gives to the engine. */
  inputs(kind: Kind, name: string, inputs: Props): Props {
    return { ...inputs, ...this.#names.hidden({ kind, name }) };
  }

  async check(news: Props, olds: Props = {}): Promise<Props> {
    const { inputs, failures } = await this.provider.check(olds, news);
    if (failures.length > 0)
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    return inputs;
  }

  async create(kind: Kind, name: string, inputs: Props): Promise<Stored> {
    const { id, outputs } = await this.provider.create(inputs);
    return { kind, name, id, inputs, outputs, initErrors: [] };
  }

  async read(stored: Stored): Promise<Stored> {
    const { id, outputs, inputs } = await this.provider.read(stored.id, stored.outputs);
    if (id === "") throw new Error(`${stored.name} (${stored.id}) is gone`);
    return { ...stored, outputs, inputs: inputs ?? stored.inputs };
  }

  /** What an update of the same program asks for each resource. Fails if it finds a change. */
  async previewSame(stored: Stored): Promise<void> {
    const inputs = await this.check(stored.inputs, stored.inputs);
    const { changes } = await this.provider.diff(stored.id, stored.outputs, inputs);
    if (changes !== "none") throw new Error(`${stored.name}: a change where there is none (${changes})`);
  }

  /** Has the process load its code, as a preview of something that does not change does. The service hears nothing of it. */
  async warm([stored]: readonly Stored[]): Promise<void> {
    if (stored !== undefined) await this.previewSame(stored);
  }

  async stop(): Promise<void> {
    await this.provider.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** All of them, so many at a time. */
export async function atOnce<I, O>(
  parallel: number,
  inputs: readonly I[],
  body: (input: I) => Promise<O>,
): Promise<O[]> {
  const rest = [...inputs.entries()];
  const results: O[] = [];
  const work = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) results[next[0]] = await body(next[1]);
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return results;
}
