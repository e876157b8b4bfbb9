import { growth } from "./growth.js";
import { fits } from "./packing.js";
import { freePiecesGib, withoutRanges } from "./placement.js";
import type { PlannedChanges, Refusal } from "./plannedChanges.js";

/**
 * For volumes that have to be in one piece: in the order given, growths first, since only they are bound to one place.
 * What is accepted can be placed by `place` in any order, if that is told of all the rest.
 */
export function judgeHoles({ layout, growths, creates }: PlannedChanges): Refusal[] {
  const refusals: Refusal[] = [];
  let free = layout.free;
  for (const { identity, lv, toGib } of growths) {
    const answer = growth({ layout: { ...layout, free }, lv, toGib });
    if (!answer.ok) refusals.push({ identity, kind: "growth", growth: answer });
    else if (answer.range !== undefined) free = withoutRanges(free, [answer.range]);
  }
  const holes = freePiecesGib({ extentSizeBytes: layout.extentSizeBytes, free });
  const accepted: number[] = [];
  for (const { identity, sizeGib } of creates) {
    if (fits(holes, [...accepted, sizeGib])) accepted.push(sizeGib);
    else refusals.push({ identity, kind: "create", sizeGib, largestGib: largestLeft(holes, accepted) });
  }
  return refusals;
}

/** By halving: what fits, fits smaller too. */
function largestLeft(holes: readonly number[], accepted: readonly number[]): number {
  let [fitting, tooLarge] = [0, (holes[0] ?? 0) + 1];
  while (tooLarge - fitting > 1) {
    const size = Math.floor((fitting + tooLarge) / 2);
    if (fits(holes, [...accepted, size])) fitting = size;
    else tooLarge = size;
  }
  return fitting;
}
