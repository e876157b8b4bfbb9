import { BlockboxError } from "../../../errors.js";

export type Query = Readonly<Record<string, string | number | undefined>>;

/**
 * A path from segments that are encoded one by one. Throws INPUT_REFUSED for one that could mean another path: the ids
 * in it come from programs and states.
 */
export function pathOf(segments: readonly string[]): string {
  return segments.map((segment) => `/${encoded(segment)}`).join("");
}

function encoded(segment: string): string {
  // Cinder decodes before it routes, so a slash ends a segment for it even when encoded.
  const isOne = !/^\.{0,2}$/.test(segment) && !segment.includes("/") && !/\p{Surrogate}/u.test(segment);
  if (isOne) return encodeURIComponent(segment);
  throw new BlockboxError("INPUT_REFUSED", `${JSON.stringify(segment)} can be no id or name in the block service.`);
}

/** With a leading question mark; empty where nothing is asked. */
export function searchOf(query: Query = {}): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) pairs.append(key, `${value}`);
  return pairs.size === 0 ? "" : `?${pairs}`;
}
