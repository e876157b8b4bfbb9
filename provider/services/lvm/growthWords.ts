import type { Growth } from "./growth.js";
import { parseTags } from "./tags.js";

/** Why a volume that has to stay in one piece cannot grow to that size, in words. */
export function growthWords(answer: Extract<Growth, { ok: false }>, toGib: number): string {
  if (answer.reason === "segments") return `cannot grow to ${toGib} GiB: the volume is not one linear piece`;
  const behind =
    answer.reason === "end"
      ? "its volume group ends"
      : `volume ${parseTags(answer.neighbour.tags).name ?? answer.neighbour.name} begins`;
  const remedy =
    answer.reason === "end"
      ? "Let the Backend's loopFile grow"
      : "Delete that volume, or make a new, larger one and copy";
  return `cannot grow to ${toGib} GiB where it is: ${answer.freeGib} GiB are free behind it, then ${behind}. ${remedy}`;
}
