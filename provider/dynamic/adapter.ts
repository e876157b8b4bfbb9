import { configure } from "../configuration.js";
import { plainValues } from "../declaration/plain.js";
import type { Asker, Resource } from "../resources/resource.js";
import { duringRequest } from "../services/quiet.js";
import { engineError, plainError } from "./errors.js";
import { hidden, recorded, visible } from "./values.js";

type Properties = Record<string, unknown>;

/** What Pulumi's dynamic provider process calls: its contract for a resource provider, all of it. */
export interface DynamicProvider {
  configure(request: { config: { get(key: string): string | undefined } }): Promise<void>;
  check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }>;
  diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes?: boolean; replaces?: string[]; deleteBeforeReplace?: boolean }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

/**
 * A resource as a dynamic provider. Beside its inputs, a dynamic resource has hidden ones, echoed in its outputs: who
 * it is (`__urn`), whose id its `backend` will be (`__backend`), whether the program has it deleted before it is replaced
 * (`__deletesFirst`), and `__provider`, which Pulumi's process puts back itself.
 */
export function dynamicProvider(load: () => Promise<Resource>): DynamicProvider {
  return {
    async configure({ config }) {
      configure((key) => config.get(`blockbox:${key}`));
    },

    check: (olds, news) =>
      answer(async (resource) => {
        const { inputs, failures } = await resource.check(asker(news), visible(olds), visible(news));
        return { inputs: plainValues({ ...inputs, ...hidden(news) }), failures };
      }, plainError),

    diff: (id, olds, news) =>
      answer(async (resource) => {
        const { differences, repair, deleteBeforeReplace } = await resource.diff(
          asker(news),
          id,
          recorded(olds),
          visible(news),
        );
        // Left out, the engine compares inputs itself and honours `replaceOnChanges`; but it would take hidden ones for changes.
        if (repair === "replace") return { changes: true, replaces: ["name"], deleteBeforeReplace: true };
        if (differences.length === 0) return { changes: repair === "update" };
        const replaced = differences.filter(({ change }) => change === "replace").map(({ path }) => path[0] ?? "");
        return { replaces: [...new Set(replaced)], deleteBeforeReplace };
      }, plainError),

    create: (inputs) =>
      answer(async (resource) => {
        const { id, outputs } = await resource.create(asker(inputs), visible(inputs));
        return { id, outs: plainValues({ ...outputs, ...hidden(inputs) }) };
      }, engineError(inputs)),

    read: (id, props) =>
      answer(async (resource) => {
        const seen = await resource.read(asker(props), id, recorded(props));
        if (seen === undefined) return {};
        const inputs = seen.inputs && { inputs: plainValues({ ...seen.inputs, ...hidden(props) }) };
        return { id, props: plainValues({ ...seen.outputs, ...hidden(props) }), ...inputs };
      }, plainError),

    update: (id, olds, news) =>
      answer(async (resource) => {
        const outputs = await resource.update(asker(news), id, recorded(olds), visible(news));
        return { outs: plainValues({ ...outputs, ...hidden(news) }) };
      }, engineError(news)),

    delete: (id, props) => answer((resource) => resource.delete(asker(props), id, recorded(props)), plainError),
  };

  async function answer<T>(body: (resource: Resource) => Promise<T>, wrap: (error: unknown) => unknown): Promise<T> {
    try {
      return await duringRequest(async () => body(await load()));
    } catch (error) {
      throw wrap(error);
    }
  }
}

function asker({ __urn, __backend, __deletesFirst }: Properties): Asker {
  return {
    urn: String(__urn ?? ""),
    backendUrn: typeof __backend === "string" ? __backend : undefined,
    deletesFirst: __deletesFirst === true || undefined,
  };
}
