import type { z } from "zod";

/** A type in Pulumi's package schema: a primitive, or a reference to a named type of this package. */
export type TypeSpec =
  | { readonly type: "string" | "integer" | "number" | "boolean" }
  | { readonly type: "array"; readonly items: TypeSpec }
  | { readonly type: "object"; readonly additionalProperties: TypeSpec }
  | { readonly oneOf: readonly TypeSpec[] }
  | { readonly $ref: string };

/** The shape that values of a property have, with everything that is derived from it. */
export interface PropertyType<T = unknown> {
  /** Checks (and normalizes) a wholly known value. Messages read well after "has a problem: ". */
  readonly schema: z.ZodType<T>;
  readonly spec: TypeSpec;
  /** Unit of a number, as documentation says it. */
  readonly unit?: string;
  /** A nested object's own properties, and the name of its type. */
  readonly object?: { readonly name: string; readonly fields: Fields };
  /** Whether true and false may stand in the object's place. */
  readonly orBoolean?: boolean;
  /** The values of an enumeration with what each means, and the name of its type. */
  readonly enumeration?: { readonly name: string; readonly values: Readonly<Record<string, string>> };
  /** The type of an element, for lists and maps. */
  readonly element?: PropertyType;
  /** The resource whose id this is; TypeScript takes the resource itself too. */
  readonly reference?: string;
}

/**
 * What a change of a property means for the thing that exists already: it is changed in place, replaced,
 * or (for a size) changed in place upwards and refused downwards.
 */
export type Change = "inPlace" | "replace" | "growOnly";

/** A block service of ours. */
export type Service = "lvm" | "cinder";

/** Properties by name, as a resource or a nested object declares them. */
export type Fields = { readonly [name: string]: Property };

/** What a derived default may depend on: never on the host, so that it is the same in preview, update and retry. */
export interface DefaultScope {
  /** All inputs of the resource, defaults of earlier properties filled in. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The resource's previous inputs; empty at a create. */
  readonly olds: Readonly<Record<string, unknown>>;
  /** The name that an unnamed resource gets (design, "Auto-names"). */
  readonly autoName: string;
}

export interface DerivedDefault<T> {
  /** Reads after "Default: ". */
  readonly doc: string;
  readonly derive: (scope: DefaultScope) => T;
}

/**
 * `defaulted`: check fills it in. `resolved`: left out, it depends on the host or on another resource; create resolves
 * it once, outputs keep it, and leaving it out is never a change.
 */
export type Presence = "required" | "optional" | "defaulted" | "resolved";

/** The one place that states what a property is; everything else (checks, types, diffs, schema, docs) is derived. */
export interface Property<T = unknown, P extends Presence = Presence> {
  readonly type: PropertyType<T>;
  readonly presence: P;
  readonly doc: string;
  /** A function where it depends on what it changes from and to; either may be undefined or unknown. */
  readonly change: Change | ((from: unknown, to: unknown) => Change);
  /** The only service that it means something to. */
  readonly only?: Service;
  /** No service shows it: an import does not find it, and may be told it. */
  readonly unseen?: true;
  /** A value, an object whose own properties have defaults (`{}`), or one derived from other inputs. */
  readonly default?: unknown;
}

type Statement = Pick<Property, "doc" | "change" | "only" | "unseen">;

export function required<T>(type: PropertyType<T>, statement: Statement): Property<T, "required"> {
  return { type, presence: "required", ...statement };
}

/** With a `default` it is filled in where that derives a value. */
export function optional<T>(
  type: PropertyType<T>,
  statement: Statement & { readonly default?: DerivedDefault<NoInfer<Fixed<T>> | undefined> },
): Property<T, "optional"> {
  return { type, presence: "optional", ...statement };
}

export function resolved<T>(type: PropertyType<T>, statement: Statement): Property<T, "resolved"> {
  return { type, presence: "resolved", ...statement };
}

type Fixed<T> = T extends unknown[] ? T : T extends object ? T | Record<string, never> : T;

export function defaulted<T>(
  type: PropertyType<T>,
  statement: Statement & { readonly default: NoInfer<Fixed<T> | DerivedDefault<T>> },
): Property<T, "defaulted"> {
  return { type, presence: "defaulted", ...statement };
}

/** An output that a resource has beside the echo of its inputs. `optional` ones may be absent. */
export interface Output<T = unknown, P extends "required" | "optional" = "required" | "optional"> {
  readonly type: PropertyType<T>;
  readonly presence: P;
  readonly doc: string;
  /** Whether Pulumi keeps it encrypted and never shows it. */
  readonly secret?: boolean;
  /** The inputs whose change may change it, or that any update may; left out, it is for life. */
  readonly changesWith?: ChangesWith;
}

export type ChangesWith = readonly string[] | "update";

export function output<T>(
  type: PropertyType<T>,
  doc: string,
  changes: Pick<Output, "changesWith"> = {},
): Output<T, "required"> {
  return { type, presence: "required", doc, ...changes };
}

export function secretOutput<T>(type: PropertyType<T>, doc: string): Output<T, "optional"> {
  return { type, presence: "optional", doc, secret: true };
}

export function optionalOutput<T>(
  type: PropertyType<T>,
  doc: string,
  changes: Pick<Output, "changesWith"> = {},
): Output<T, "optional"> {
  return { type, presence: "optional", doc, ...changes };
}

export type Outputs = { readonly [name: string]: Output };

type Present<F> = { [K in keyof F]: F[K] extends { presence: "optional" | "resolved" } ? never : K }[keyof F];
type Absent<F> = { [K in keyof F]: F[K] extends { presence: "optional" | "resolved" } ? K : never }[keyof F];
type TypeOf<P> = P extends { type: PropertyType<infer T> } ? T : never;

/** The values that declared properties have once they are checked and their defaults filled in. */
export type Values<F> = { -readonly [K in Present<F>]: TypeOf<F[K]> } & {
  -readonly [K in Absent<F>]?: TypeOf<F[K]> | undefined;
};

export function isDerived(value: unknown): value is DerivedDefault<unknown> {
  return typeof value === "object" && value !== null && "derive" in value;
}
