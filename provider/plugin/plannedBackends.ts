import { UNKNOWN } from "../declaration/unknown.js";
import type { Asker } from "../resources/resource.js";
import type { Properties } from "./values.js";

/** Backends that a preview has been told the id of, before they exist: id → URN. */
const planned = new Map<string, string>();

export function planBackend(id: string, urn: string): void {
  planned.set(id, urn);
}

/** It exists from now on. */
export function backendIsMade(id: string): void {
  planned.delete(id);
}

/**
 * What is asked of inputs whose Backend is planned only: the core asks the host of an id that is known, and finds what
 * is planned by its resource.
 */
export function asPlanned(asker: Asker, inputs: Properties): { asker: Asker; inputs: Properties } {
  const backendUrn = typeof inputs.backend === "string" ? planned.get(inputs.backend) : undefined;
  if (backendUrn === undefined) return { asker, inputs };
  return { asker: { ...asker, backendUrn }, inputs: { ...inputs, backend: UNKNOWN } };
}
