import type { Difference } from "../declaration/compare.js";
import type { Diff } from "../resources/resource.js";
import { type Provider, provider } from "./protocol.js";

/** A diff as the engine shows it: for each property whether it is added, changed or removed, in place or by a replacement. */
export function detailedDiff({ differences, repair, deleteBeforeReplace }: Diff): Provider.DiffResponse {
  const response = new provider.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  const replaced = differences.filter(({ change }) => change === "replace").map(({ path }) => path.join("."));
  // What was never whole is made anew although no input says so; the engine wants a reason.
  if (repair === "replace") replaced.push("name");
  response.setChanges(differences.length > 0 || repair !== "none" ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList(replaced);
  response.setDeletebeforereplace(replaced.length > 0 && (deleteBeforeReplace || repair === "replace"));
  response.setDiffsList([...new Set(differences.map(({ path: [name = ""] }) => name))]);
  response.setHasdetaileddiff(differences.length > 0 && repair !== "replace");
  for (const difference of differences) {
    const detail = new provider.PropertyDiff().setKind(kindOf(difference)).setInputdiff(true);
    response.getDetaileddiffMap().set(difference.path.join("."), detail);
  }
  return response;
}

function kindOf({ from, to, change }: Difference): Provider.PropertyDiff.Kind {
  const { Kind } = provider.PropertyDiff;
  const replaces = change === "replace";
  if (from === undefined) return replaces ? Kind.ADD_REPLACE : Kind.ADD;
  if (to === undefined) return replaces ? Kind.DELETE_REPLACE : Kind.DELETE;
  return replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE;
}
