import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Provider } from "./provider.js";
import { CallError, type Diffed, type Failure, type Props } from "./rpc.js";
import { takeAny, takeProvider } from "./spare.js";

/** What Pulumi sends for a value that only the update will know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Kind = "Backend" | "Volume" | "Snapshot" | "Attachment";

/** `ref` gives the id of a resource declared before, or UNKNOWN in a preview that would make it. */
export type Ref = (name: string) => string;

export interface Declared {
  kind: Kind;
  name: string;
  inputs: Props | ((ref: Ref) => Props);
  /** Volume only: the name of the Backend resource that it is in, as TypeScript passes it along. */
  backend?: string;
}
export type Program = readonly Declared[];

export interface Stored {
  kind: Kind;
  name: string;
  id: string;
  inputs: Props;
  outputs: Props;
  /** What an initialization error said: the next run updates it, whatever diff says. */
  initErrors: string[];
}

export type Op = "create" | "update" | "replace" | "same" | "delete";
export interface Step {
  op: Op;
  name: string;
  diff?: Diffed;
}

/** A check that failed, with every failure that it named. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";
  constructor(
    readonly resource: string,
    readonly failures: readonly Failure[],
  ) {
    super(`${resource}: ${failures.map((f) => `${f.property}: ${f.reason}`).join("; ")}`);
  }
}

export const providerText = (kind: Kind) =>
  `exports.handler = () => require("pulumi-blockbox/provider").${kind.toLowerCase()};`;

export interface DeploymentOptions {
  stack?: string;
  project?: string;
  env?: Record<string, string>;
  /** The stack's configuration by full key (`blockbox:endpoint`), secrets decrypted: as the engine gives it to Configure. */
  config?: Record<string, string>;
  /** Another copy of the package than this checkout. */
  packageDir?: string;
}

/** A stack as the engine keeps it, and the engine's order of calls; every operation has a provider process of its own. */
export class Deployment {
  readonly state = new Map<string, Stored>();
  stack: string;
  project: string;
  env: Record<string, string>;
  config: Record<string, string>;
  /** Programs that the providers' host does not have. */
  lacks: readonly string[] = [];
  readonly #packageDir: string | undefined;
  /** What the providers of this deployment printed. */
  stderr = "";
  #kept: Provider | undefined;

  constructor({ stack = "test", project = "bbt", env = {}, config = {}, packageDir }: DeploymentOptions = {}) {
    this.#packageDir = packageDir;
    this.stack = stack;
    this.project = project;
    this.env = env;
    this.config = config;
  }

  urn(kind: Kind, name: string): string {
    return `urn:pulumi:${this.stack}::${this.project}::blockbox:index:${kind}::${name}`;
  }

  /** What a resource's constructor adds to its inputs. */
  hidden(declared: Pick<Declared, "kind" | "name" | "backend">): Props {
    return {
      __provider: providerText(declared.kind),
      __urn: this.urn(declared.kind, declared.name),
      ...(declared.backend === undefined ? {} : { __backend: this.urn("Backend", declared.backend) }),
    };
  }

  get(name: string): Stored {
    const stored = this.state.get(name);
    if (stored === undefined) throw new Error(`there is no resource ${name} in the state`);
    return stored;
  }

  /** Runs `body` with one provider process; operations inside of it share that process. */
  withProvider<T>(body: (provider: Provider) => Promise<T>): Promise<T> {
    return this.#with(() => this.#take(takeProvider), body);
  }

  /** The same where nobody but us sees the process. */
  #withAny<T>(body: (provider: Provider) => Promise<T>): Promise<T> {
    return this.#with(() => this.#take(takeAny), body);
  }

  async #with<T>(take: () => Promise<Provider>, body: (provider: Provider) => Promise<T>): Promise<T> {
    if (this.#kept) return body(this.#kept);
    const provider = await take();
    this.#kept = provider;
    try {
      return await body(provider);
    } finally {
      this.#kept = undefined;
      await provider.stop();
      this.stderr += provider.stderr();
    }
  }

  /** One provider process for all that comes, until `release`. */
  async keep(): Promise<void> {
    this.#kept ??= await this.#take(takeProvider);
  }

  async release(): Promise<void> {
    const provider = this.#kept;
    this.#kept = undefined;
    await provider?.stop();
    this.stderr += provider?.stderr() ?? "";
  }

  #take(take: typeof takeProvider): Promise<Provider> {
    const { env, config, lacks } = this;
    return take(this.#packageDir, { env, config, lacks });
  }

  preview(program: Program): Promise<Step[]> {
    return this.#withAny((provider) => this.#run(provider, program, false));
  }

  up(program: Program): Promise<Step[]> {
    return this.#withAny((provider) => this.#run(provider, program, true));
  }

  /** Reads everything; what is gone leaves the state. Returns the names of what is gone. */
  refresh(): Promise<string[]> {
    return this.#withAny(async (provider) => {
      const gone: string[] = [];
      for (const stored of [...this.state.values()]) {
        const { id, outputs, inputs } = await provider.read(stored.id, stored.outputs);
        if (id === "") {
          gone.push(stored.name);
          this.state.delete(stored.name);
        } else {
          this.state.set(stored.name, { ...stored, id, outputs, inputs: inputs ?? stored.inputs });
        }
      }
      return gone;
    });
  }

  /** Deletes everything that the state holds, last made first. */
  destroy(): Promise<void> {
    return this.#withAny(async (provider) => {
      for (const stored of [...this.state.values()].reverse()) await this.#delete(provider, stored);
    });
  }

  async #run(provider: Provider, program: Program, forReal: boolean): Promise<Step[]> {
    const steps: Step[] = [];
    const replaced: Stored[] = [];
    const renewed = new Set<string>();
    /** Ids that a preview tells of what it would make. */
    const foreseen = new Map<string, string>();
    const ref: Ref = (name) =>
      foreseen.get(name) ?? (renewed.has(name) ? UNKNOWN : (this.state.get(name)?.id ?? UNKNOWN));
    const foresee = async (name: string, inputs: Props) => {
      if (!provider.previewsChanges) return;
      const { id } = await provider.create(inputs, true);
      if (id !== "") foreseen.set(name, id);
    };
    for (const declared of program) {
      const given = typeof declared.inputs === "function" ? declared.inputs(ref) : declared.inputs;
      const news = { ...structuredClone(given), ...this.hidden(declared) };
      const old = this.state.get(declared.name);
      const inputs = await this.#check(provider, declared.name, old?.inputs ?? {}, news);
      const step =
        old === undefined ? { op: "create" as const, name: declared.name } : await this.#step(provider, old, inputs);
      steps.push(step);
      if (!forReal) {
        if (step.op === "replace") {
          const anew = await this.#check(provider, declared.name, {}, news);
          renewed.add(declared.name);
          await foresee(declared.name, anew);
        } else if (step.op === "create") await foresee(declared.name, inputs);
        else if (step.op === "update" && old && provider.previewsChanges)
          await provider.update(old.id, old.outputs, inputs, true);
        continue;
      }
      if (step.op === "replace" && old) {
        const anew = await this.#check(provider, declared.name, {}, news);
        if (step.diff?.deleteBeforeReplace) await this.#delete(provider, old);
        else replaced.push(old);
        await this.#create(provider, declared, anew);
      } else if (step.op === "create") await this.#create(provider, declared, inputs);
      else if (step.op === "update" && old) await this.#update(provider, old, inputs);
      else if (old) old.inputs = inputs;
    }
    const wanted = new Set(program.map(({ name }) => name));
    const unwanted = [...this.state.values()].filter(({ name }) => !wanted.has(name)).reverse();
    for (const stored of [...unwanted, ...replaced.reverse()]) {
      steps.push({ op: "delete", name: stored.name });
      if (forReal) await this.#delete(provider, stored);
    }
    return steps;
  }

  async #check(provider: Provider, name: string, olds: Props, news: Props): Promise<Props> {
    const { inputs, failures } = await provider.check(olds, news);
    if (failures.length > 0) throw new CheckFailed(name, failures);
    return inputs;
  }

  async #step(provider: Provider, old: Stored, inputs: Props): Promise<Step> {
    const diff = await provider.diff(old.id, old.outputs, inputs);
    const differs = diff.changes === "unknown" ? !isDeepStrictEqual(old.inputs, inputs) : diff.changes === "some";
    const op =
      differs && diff.replaces.length > 0 ? "replace" : differs || old.initErrors.length > 0 ? "update" : "same";
    return { op, name: old.name, diff };
  }

  async #create(provider: Provider, { kind, name }: Declared, inputs: Props): Promise<void> {
    try {
      const { id, outputs } = await provider.create(inputs);
      this.state.set(name, { kind, name, id, inputs, outputs, initErrors: [] });
    } catch (error) {
      if (error instanceof CallError && error.init) {
        const { resource, properties, reasons } = error.init;
        this.state.set(name, { kind, name, id: resource, inputs, outputs: properties, initErrors: reasons });
      }
      throw error;
    }
  }

  async #update(provider: Provider, old: Stored, inputs: Props): Promise<void> {
    try {
      const outputs = await provider.update(old.id, old.outputs, inputs);
      this.state.set(old.name, { ...old, inputs, outputs, initErrors: [] });
    } catch (error) {
      if (error instanceof CallError && error.init) {
        this.state.set(old.name, { ...old, inputs, outputs: error.init.properties, initErrors: error.init.reasons });
      }
      throw error;
    }
  }

  async #delete(provider: Provider, stored: Stored): Promise<void> {
    await provider.delete(stored.id, stored.outputs);
    if (this.state.get(stored.name) === stored) this.state.delete(stored.name);
  }
}

/** A name that no other test uses at the same time. */
export function uniqueName(hint: string): string {
  const digits = createHash("sha256").update(`${process.pid} ${process.hrtime.bigint()}`).digest("hex").slice(0, 8);
  return `bbt-${hint}-${digits}`;
}
