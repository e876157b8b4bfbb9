import { createHash } from "node:crypto";
import type { Identity } from "../services/service.js";

/**
 * Who a resource is, from its URN (`urn:pulumi:<stack>::<project>::<type>::<name>`, of the canonical type, so that both
 * doors agree): the same in a preview, an update and a retry after a crash.
 */
export interface ResourceIdentity extends Identity {
  /** The logical name, as the program has it. */
  readonly logicalName: string;
}

export function identityOf(urn: string): ResourceIdentity {
  const [stack = "", project = "", , ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return {
    digest: digest(urn).slice(0, 32),
    stack: digest(`${project}::${stack}`).slice(0, 16),
    logicalName: name.join("::"),
  };
}

/** The name of a resource that is given none: its logical name, `-` and 7 hex digits of the identity. */
export function autoName(identity: ResourceIdentity): string {
  return `${identity.logicalName}-${identity.digest.slice(0, 7)}`;
}

function digest(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
