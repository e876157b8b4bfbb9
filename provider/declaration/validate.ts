import type { z } from "zod";
import type { PropertyType } from "./property.js";
import { type DefaultScope, type Fields, isDerived, type Property, type Service } from "./property.js";
import { hasUnknown, isUnknown, UNKNOWN } from "./unknown.js";

/** One thing wrong with one input: `property` is its path (`lvm.loopFile.size`), `reason` reads after "has a problem: ". */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

type Inputs = Record<string, unknown>;

/**
 * Checks inputs against their declarations and fills in the defaults. What is still unknown passes through untouched,
 * at any depth; a default that would derive from an unknown is itself unknown. Inputs that mean nothing to the service
 * in question fail; they have no defaults either, nor as long as the service is not known.
 */
export function validate(
  fields: Fields,
  news: Readonly<Inputs>,
  scope: Pick<DefaultScope, "olds" | "autoName"> & { readonly service: Service | undefined },
): { inputs: Inputs; failures: Failure[] } {
  const failures: Failure[] = [];
  const inputs = checkFields(fields, news, [], failures);
  if (failures.length === 0) failures.push(...meaningless(fields, inputs, scope.service));
  if (failures.length === 0) fillDefaults(fields, inputs, { ...scope, inputs });
  return { inputs, failures };
}

const serviceNames: Readonly<Record<Service, string>> = { lvm: "LVM", cinder: "Cinder" };

function meaningless(fields: Fields, inputs: Inputs, service: Service | undefined): Failure[] {
  return Object.keys(inputs).flatMap((name) => {
    const only = fields[name]?.only;
    if (only === undefined || service === undefined || only === service) return [];
    return [
      failure([name], `is only with ${serviceNames[only]}, and this is of ${serviceNames[service]}: leave it out`),
    ];
  });
}

function checkFields(fields: Fields, given: Readonly<Inputs>, path: string[], failures: Failure[]): Inputs {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(fields, name)) continue;
    failures.push(failure([...path, name], `is not known here; known are ${Object.keys(fields).join(", ")}`));
  }
  const checked: Inputs = {};
  for (const [name, property] of Object.entries(fields)) {
    const value = given[name];
    if (value !== undefined && value !== null) {
      checked[name] = checkValue(property.type, value, [...path, name], failures, path.length > 0);
    } else if (property.presence === "required") {
      failures.push(failure([...path, name], `is required. ${property.doc}`));
    }
  }
  return checked;
}

/** `isNested`: of an object's own property, whose value Pulumi does not show with the failure, so that we do. */
function checkValue(
  type: PropertyType,
  value: unknown,
  path: string[],
  failures: Failure[],
  isNested = false,
): unknown {
  if (isUnknown(value)) return value;
  if (type.orBoolean && typeof value === "boolean") return value;
  if (type.object && isRecord(value)) return checkFields(type.object.fields, value, path, failures);
  if (type.element && hasUnknown(value)) return checkPartlyKnown(type.element, value, path, failures);
  const result = type.schema.safeParse(value);
  if (result.success) return result.data;
  const given = isNested ? ` (given: ${JSON.stringify(value)})` : "";
  failures.push(
    ...result.error.issues.map((issue) => failure([...path, ...issue.path.map(String)], `${reason(issue)}${given}`)),
  );
  return value;
}

/** A list or map in which some elements are unknown: the known ones are checked by themselves. */
function checkPartlyKnown(element: PropertyType, value: unknown, path: string[], failures: Failure[]): unknown {
  const entries = Object.entries(value as object).map(
    ([key, item]) => [key, checkValue(element, item, [...path, key], failures)] as const,
  );
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** What is wrong with a key of a map stands one level deeper in zod's issue. */
function reason(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

function failure(path: string[], reason: string): Failure {
  return { property: path.join("."), reason };
}

function fillDefaults(
  fields: Fields,
  values: Inputs,
  scope: DefaultScope & { readonly service: Service | undefined },
): void {
  for (const [name, property] of Object.entries(fields)) {
    if (property.only !== undefined && property.only !== scope.service) continue;
    if (values[name] === undefined && property.default !== undefined) values[name] = defaultOf(property, scope);
    const value = values[name];
    if (property.type.object && isRecord(value)) fillDefaults(property.type.object.fields, value, scope);
  }
}

function defaultOf(property: Property, scope: DefaultScope): unknown {
  if (!isDerived(property.default)) return structuredClone(property.default);
  let touchedUnknown = false;
  const watched = <T extends object>(values: T): T =>
    new Proxy(values, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (isUnknown(value)) touchedUnknown = true;
        return isRecord(value) ? watched(value) : value;
      },
    });
  const value = property.default.derive({ ...scope, inputs: watched(scope.inputs) });
  return touchedUnknown ? UNKNOWN : value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
