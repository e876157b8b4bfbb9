import type { Journal } from "./journal.js";

/** A second is too short to count in: one look that comes late makes the next seem early. */
const windowS = 3;

/** Looks a second, in the three seconds with the most of them: while one of the waits is young, and later. */
export function pollRates(journal: Journal): { young: number; old: number } {
  const lastBegan = Math.max(...journal.matching("POST", /\/volumes$/).map(({ answeredAt = 0 }) => answeredAt));
  const times = journal
    .matching("GET", /\/volumes\/(detail|[0-9a-f-]{36})$/)
    .filter(({ query }) => query === "" || query.startsWith("id="))
    .map(({ at }) => at);
  const most = (among: readonly number[]) =>
    Math.max(0, ...among.map((from) => among.filter((at) => at >= from && at < from + windowS * 1_000).length));
  return {
    young: most(times.filter((at) => at < lastBegan + windowS * 1_000)) / windowS,
    old: most(times.filter((at) => at >= lastBegan + windowS * 1_000)) / windowS,
  };
}
