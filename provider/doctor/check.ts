import type { Check } from "./report.js";

/** What mends something: at least one of the two. */
export type Remedy = { readonly command: string; readonly advice?: string } | { readonly advice: string };

export function ok(name: string, found: string): Check {
  return { name, state: "ok", found };
}

export function warning(name: string, found: string, remedy: Remedy): Check {
  return { name, state: "warning", found, ...remedy };
}

export function lacking(name: string, found: string, remedy: Remedy): Check {
  return { name, state: "lacking", found, ...remedy };
}

/** A check of one of several things. */
export function about(subject: string, { name, ...rest }: Check): Check {
  return { name, subject, ...rest };
}
