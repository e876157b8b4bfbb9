import { compare } from "../declaration/compare.js";
import { UNKNOWN } from "../declaration/unknown.js";
import type { Resource } from "../resources/resource.js";
import type { Properties } from "./values.js";

/**
 * What outputs will be, as far as it can be known before: inputs as given, what create resolves and outputs that depend
 * on what changes unknown, the rest as they are. `olds` is empty for what is to be created.
 */
export function previewed(
  { declaration: { inputs, outputs } }: Resource,
  olds: Properties,
  news: Properties,
): Properties {
  const changed = new Set(compare(inputs, olds, news).map(({ path: [name = ""] }) => name));
  const exists = Object.keys(olds).length > 0;
  const foreseen: Properties = { ...news };
  for (const [name, { presence }] of Object.entries(inputs)) {
    if (presence === "resolved" && news[name] === undefined) foreseen[name] = exists ? olds[name] : UNKNOWN;
  }
  for (const [name, { changesWith }] of Object.entries(outputs)) {
    const mayChange = changesWith === "update" || changesWith?.some((input) => changed.has(input));
    const stays = exists && !mayChange;
    foreseen[name] = stays ? olds[name] : UNKNOWN;
  }
  return foreseen;
}
