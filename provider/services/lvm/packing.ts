/** How far the exact search goes before it takes "not found" for "does not fit". */
const longestSearch = 20_000;

/**
 * Whether pieces of these sizes fit into holes of these sizes, each in one of them. Never true when they do not;
 * false although they do only for sets too large to search through.
 */
export function fits(holes: readonly number[], pieces: readonly number[]): boolean {
  const descending = [...pieces].sort((a, b) => b - a);
  return bestFit([...holes], descending) || search([...holes], descending, 0, { left: longestSearch });
}

/** The largest piece first, each into the smallest hole that takes it. */
function bestFit(holes: number[], pieces: readonly number[]): boolean {
  return pieces.every((piece) => {
    const best = holes.reduce((found, hole, at) => {
      return hole >= piece && (found === -1 || hole < (holes[found] ?? 0)) ? at : found;
    }, -1);
    if (best !== -1) holes[best] = (holes[best] ?? 0) - piece;
    return best !== -1;
  });
}

function search(holes: number[], pieces: readonly number[], at: number, budget: { left: number }): boolean {
  const piece = pieces[at];
  if (piece === undefined) return true;
  const rest = pieces.slice(at).reduce((sum, size) => sum + size, 0);
  if (holes.reduce((sum, hole) => sum + hole, 0) < rest) return false;
  const tried = new Set<number>();
  for (const [index, hole] of holes.entries()) {
    if (hole < piece || tried.has(hole)) continue;
    tried.add(hole);
    if (budget.left-- <= 0) return false;
    holes[index] = hole - piece;
    const found = search(holes, pieces, at + 1, budget);
    holes[index] = hole;
    if (found) return true;
  }
  return false;
}
