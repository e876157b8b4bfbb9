import { z } from "zod";
import type { Fields, PropertyType, Values } from "./property.js";

const reference = (name: string) => `#/types/blockbox:index:${name}`;

export function text(schema: z.ZodType<string>): PropertyType<string> {
  return { schema, spec: { type: "string" } };
}

export const plainText = text(z.string("must be a string"));

export function boolean(): PropertyType<boolean> {
  return { schema: z.boolean("must be true or false"), spec: { type: "boolean" } };
}

/** A whole number of GiB, at least 1: the unit of every size, as in Cinder. The upper bound is a typing error's, not a device's. */
export function gib(): PropertyType<number> {
  const whole = "must be a whole number of GiB, at least 1";
  return {
    schema: z
      .number(whole)
      .refine(Number.isInteger, whole)
      .refine((size) => size >= 1, whole)
      .refine((size) => size <= MAX_GIB, `must be at most ${MAX_GIB} GiB (1 PiB)`),
    spec: { type: "integer" },
    unit: "GiB",
  };
}

const MAX_GIB = 1_048_576;

export function wholeNumber(unit: string): PropertyType<number> {
  return { schema: z.int(`must be a whole number of ${unit}`), spec: { type: "integer" }, unit };
}

export function oneOf<const V extends Readonly<Record<string, string>>>(
  name: string,
  values: V,
): PropertyType<keyof V & string> {
  const known = Object.keys(values) as (keyof V & string)[];
  const words = known.map((value) => `"${value}"`).join(" or ");
  return {
    schema: z.enum(known, `must be ${words}`) as unknown as z.ZodType<keyof V & string>,
    spec: { $ref: reference(name) },
    enumeration: { name, values },
  };
}

export function listOf<T>(element: PropertyType<T>): PropertyType<T[]> {
  return { schema: z.array(element.schema, "must be a list"), spec: { type: "array", items: element.spec }, element };
}

export function mapOf<T>(element: PropertyType<T>, keys: z.ZodType<string>): PropertyType<Record<string, T>> {
  return {
    schema: z.record(keys as z.ZodString, element.schema, "must be a map") as unknown as z.ZodType<Record<string, T>>,
    spec: { type: "object", additionalProperties: element.spec },
    element,
  };
}

export function object<const F extends Fields>(name: string, fields: F): PropertyType<Values<F>> {
  return {
    // Its fields are checked one by one (see validate.ts), since each may still be unknown.
    schema: z.custom<Values<F>>((value) => typeof value === "object" && value !== null && !Array.isArray(value), {
      error: `must be an object with ${Object.keys(fields).join(", ")}`,
    }),
    spec: { $ref: reference(name) },
    object: { name, fields },
  };
}

/** An object, or true or false in its place. */
export function orBoolean<T extends object>(type: PropertyType<T>): PropertyType<T | boolean> {
  const fields = Object.keys(type.object?.fields ?? {}).join(", ");
  return {
    ...type,
    schema: z.union([z.boolean(), type.schema], `must be true, false, or an object with ${fields}`),
    spec: { oneOf: [{ type: "boolean" }, type.spec] },
    orBoolean: true,
  };
}

/** A number of at least 1. */
export function ratio(): PropertyType<number> {
  const reason = "must be a number, at least 1";
  return { schema: z.number(reason).min(1, reason), spec: { type: "number" } };
}

/** The id of a resource of this package. */
export function idOf(resource: string, schema: z.ZodType<string>): PropertyType<string> {
  return { ...text(schema), reference: resource };
}
