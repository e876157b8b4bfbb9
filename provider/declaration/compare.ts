import { isDeepStrictEqual } from "node:util";
import { type Change, type Fields, isDerived, type Property } from "./property.js";
import { isUnknown } from "./unknown.js";
import { isRecord } from "./validate.js";

/** One property that differs: its path and what the change means. `shrink` is a growOnly size that would get smaller. */
export interface Difference {
  readonly path: readonly string[];
  readonly change: Exclude<Change, "growOnly"> | "grow" | "shrink";
  readonly from: unknown;
  readonly to: unknown;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * How declared properties differ between what is recorded and what is wanted. An unknown counts as a change, since it
 * may become one. A property that the record does not have (an older release made it) counts as its fixed default.
 */
export function compare(fields: Fields, olds: Values, news: Values, path: readonly string[] = []): Difference[] {
  return Object.entries(fields).flatMap(([name, property]) => {
    const [old, wanted] = [olds[name] ?? undefined, news[name] ?? undefined];
    if (old === undefined && wanted === undefined) return [];
    return compareValue(property, old ?? fixedDefault(property), wanted, [...path, name]);
  });
}

function compareValue(property: Property, from: unknown, to: unknown, path: readonly string[]): Difference[] {
  if (property.type.object && isRecord(from) && isRecord(to)) {
    return compare(property.type.object.fields, from, to, path);
  }
  if (isDeepStrictEqual(from, to) || (property.presence === "resolved" && to === undefined)) return [];
  const change = typeof property.change === "function" ? property.change(from, to) : property.change;
  return [{ path, change: meaning(change, from, to), from, to }];
}

function meaning(change: Change, from: unknown, to: unknown): Difference["change"] {
  if (change !== "growOnly") return change;
  return !isUnknown(to) && typeof from === "number" && typeof to === "number" && to < from ? "shrink" : "grow";
}

function fixedDefault(property: Property): unknown {
  return isDerived(property.default) ? undefined : property.default;
}
