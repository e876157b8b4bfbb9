import { compare, type Difference } from "../declaration/compare.js";
import type { Fields, Outputs, Service, Values } from "../declaration/property.js";
import { type Failure, validate } from "../declaration/validate.js";
import { BlockboxError, type ErrorCode } from "../errors.js";
import { stateNames } from "../services/claims.js";
import type { Identity } from "../services/service.js";
import { autoName, identityOf } from "./identity.js";

/** What a resource is: everything that documentation, schema, types, checks and diffs are made from. */
export interface Declaration<I extends Fields = Fields, O extends Outputs = Outputs> {
  readonly name: string;
  readonly doc: string;
  readonly inputs: I;
  readonly outputs: O;
}

export type Properties = Record<string, unknown>;

/** Who is asked about: the resource's URN, and that of the resource which one of its inputs stands for, where a door knows it. */
export interface Asker {
  readonly urn: string;
  /** The Backend whose id `backend` will be: known before the id is. */
  readonly backendUrn?: string | undefined;
  /** The name that an unnamed one gets, where the program's configuration has a say in it; false: none. */
  readonly autoName?: string | false | undefined;
  /** Whether the program says that a replacement deletes the old one first; nothing where it leaves that to us. */
  readonly deletesFirst?: boolean | undefined;
}

export interface Diff {
  readonly differences: readonly Difference[];
  /** What is wanted although no input changed: an update puts back what is missing, a replacement what was never whole. */
  readonly repair: Repair;
  readonly deleteBeforeReplace: boolean;
}

export interface State {
  readonly id: string;
  readonly outputs: Properties;
}

/** A resource's life as the doors drive it. Values are plain and normalized; failures of `check` are returned, all else is thrown. */
export interface Resource {
  readonly declaration: Declaration;
  /** The id that a create will give, where inputs alone tell it. */
  foreseenId(inputs: Properties): string | undefined;
  check(asker: Asker, olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }>;
  diff(asker: Asker, id: string, olds: Properties, news: Properties): Promise<Diff>;
  create(asker: Asker, inputs: Properties): Promise<State>;
  /** Nothing if it is gone. `outputs` is empty when only the id is known. Without `inputs`, those of state still hold. */
  read(asker: Asker, id: string, outputs: Properties): Promise<(State & { inputs?: Properties }) | undefined>;
  update(asker: Asker, id: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(asker: Asker, id: string, outputs: Properties): Promise<void>;
}

export type Repair = "none" | "update" | "replace";

/** How a resource is with one block service; `I` are checked inputs, `R` what state records of it. */
export interface Life<I, R> {
  /** What only the host or service can say against inputs, any of which may be unknown; `before`: the previous ones, if it exists. */
  problems(identity: Identity, inputs: I, asker: Asker, before: I | undefined): Promise<Failure[]>;
  /** Throws what only the existing thing can say against a change. */
  refuse(
    identity: Identity,
    id: string,
    olds: R,
    news: I,
    differences: readonly Difference[],
    asker: Asker,
  ): Promise<void>;
  /** Those of the differences that the service takes for one. */
  differing?(olds: R, news: I, differences: readonly Difference[], id: string): Promise<readonly Difference[]>;
  /** May throw what the host has against the thing as it is. */
  repair(olds: R, id: string, news: I): Repair | Promise<Repair>;
  create(identity: Identity, inputs: I): Promise<{ id: string; outputs: R }>;
  read(identity: Identity, id: string, recorded: R | undefined): Promise<{ inputs?: I; outputs: R } | undefined>;
  update(identity: Identity, id: string, olds: R, news: I): Promise<R>;
  delete(identity: Identity, id: string, recorded: R): Promise<void>;
  /** Whether a replacement deletes the old one first. */
  readonly deleteBeforeReplace: boolean;
}

/** A resource's life with each service, loaded when it is first needed, and which of them is meant. */
export interface Lives<I> {
  readonly lvm?: () => Promise<Life<I, I>>;
  readonly cinder: () => Promise<Life<I, I>>;
  /** By inputs as given, which may be wrong or unknown: nothing as long as it cannot be told. */
  serviceOf(inputs: Properties, asker: Asker): Service | undefined;
  /** By the id of what exists. */
  serviceOfId(id: string): Service;
  foreseenId?(inputs: I): string | undefined;
}

/** Joins a declaration with its lives: what can be derived from the declaration is done here, once for all resources. */
export function resource<I extends Fields, O extends Outputs>(
  declaration: Declaration<I, O>,
  lives: Lives<Values<I>>,
): Resource {
  // A door hands over plain values; check has made them what the declaration says, and state holds what we returned.
  const inputsOf = (values: Properties) => values as Values<I>;
  const recordOf = (values: Properties) => values as Values<I>;
  const lifeWith = (service: Service) => {
    const load = service === "lvm" ? lives.lvm : lives.cinder;
    if (load === undefined) throw new BlockboxError("INPUT_REFUSED", `There is no ${declaration.name} with LVM yet.`);
    return load();
  };
  const lifeOf = (id: string) => lifeWith(lives.serviceOfId(id));

  return {
    declaration,

    foreseenId(inputs) {
      const id = lives.foreseenId?.(inputsOf(inputs));
      return id;
    },

    async check(asker, olds, news) {
      const identity = identityOf(asker.urn);
      const exists = Object.keys(olds).length > 0;
      // The new one is asked for last: a Backend's is what its volumes plan with.
      const serviceBefore = exists ? lives.serviceOf(olds, asker) : undefined;
      const service = lives.serviceOf(news, asker);
      const scope = { olds, autoName: asker.autoName || autoName(identity), service };
      const { inputs, failures } = validate(declaration.inputs, news, scope);
      if (asker.autoName === false && "name" in declaration.inputs && (news.name ?? olds.name) === undefined)
        failures.push({ property: "name", reason: "is required, since automatic names are turned off here" });
      if (failures.length === 0 && exists) failures.push(...shrinks(compare(declaration.inputs, olds, inputs)));
      if (failures.length === 0 && service !== undefined) {
        // What another service holds is replaced, so there is nothing before it.
        const before = serviceBefore === service ? inputsOf(olds) : undefined;
        const life = await lifeWith(service);
        failures.push(...(await life.problems(identity, inputsOf(inputs), asker, before)));
      }
      return { inputs, failures };
    },

    async diff(asker, id, olds, news) {
      const identity = identityOf(asker.urn);
      stateNames(declaration.name, id, identity);
      const life = await lifeOf(id);
      const apparent = compare(declaration.inputs, olds, news);
      const differences = (await life.differing?.(recordOf(olds), inputsOf(news), apparent, id)) ?? apparent;
      const repair = await life.repair(recordOf(olds), id, inputsOf(news));
      if (differences.length > 0) await life.refuse(identity, id, recordOf(olds), inputsOf(news), differences, asker);
      return { differences, repair, deleteBeforeReplace: life.deleteBeforeReplace };
    },

    async create(asker, inputs) {
      const service = lives.serviceOf(inputs, asker);
      if (service === undefined) throw new BlockboxError("INPUT_REFUSED", "The block service cannot be told.");
      return (await lifeWith(service)).create(identityOf(asker.urn), inputsOf(inputs));
    },

    async read({ urn }, id, outputs) {
      const identity = identityOf(urn);
      stateNames(declaration.name, id, identity);
      const recorded = "__location" in outputs ? recordOf(outputs) : undefined;
      const seen = await (await lifeOf(id)).read(identity, id, recorded);
      return seen && { id, ...seen };
    },

    async update({ urn }, id, olds, news) {
      const identity = identityOf(urn);
      stateNames(declaration.name, id, identity);
      return (await lifeOf(id)).update(identity, id, recordOf(olds), inputsOf(news));
    },

    async delete({ urn }, id, outputs) {
      const identity = identityOf(urn);
      stateNames(declaration.name, id, identity);
      await (await lifeOf(id)).delete(identity, id, recordOf(outputs));
    },
  };
}

/** A size that would get smaller, unless the change replaces the thing anyway. */
function shrinks(differences: readonly Difference[]): Failure[] {
  if (differences.some(({ change }) => change === "replace")) return [];
  return differences
    .filter(({ change }) => change === "shrink")
    .map(({ path, from, to }) => ({
      property: path.join("."),
      reason: `cannot shrink from ${from} to ${to} ${path.at(-1)?.endsWith("Mib") ? "MiB" : "GiB"}: what is stored beyond would be lost. Keep at least ${from}, or make a new, smaller one and copy`,
    }));
}

/** Whether a change needs a new thing in the old one's place. */
export function replaces(differences: readonly Difference[]): boolean {
  return differences.some(({ change }) => change === "replace");
}

/** A refusal that only the existing thing could tell, worded like a check failure. */
export function refusal(property: string, reason: string, code: ErrorCode = "INPUT_REFUSED"): BlockboxError {
  return new BlockboxError(code, `property ${property} has a problem: ${reason}`);
}
