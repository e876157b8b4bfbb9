import { gibBytes } from "./geometry.js";
import { judgeHoles } from "./judgeHoles.js";
import { extentsIn } from "./placement.js";
import type { Means, PlannedChanges, PlannedCreate, Refusal } from "./plannedChanges.js";
import { leftToPromise, type Promises } from "./pool/promises.js";

/** Which of all that is planned a group cannot hold, in the order given, growths first. */
export function judge({ layout, growths, creates, inPieces, promises }: PlannedChanges & Means): Refusal[] {
  const part = (thin: boolean): PlannedChanges => ({
    layout,
    growths: growths.filter(({ lv }) => (lv.kind === "thin") === thin),
    creates: creates.filter(({ kind }) => (kind === "thin") === thin),
  });
  const ofThick = inPieces ? judgeRoom(part(false)) : judgeHoles(part(false));
  return promises ? [...ofThick, ...judgePromises(part(true), promises)] : ofThick;
}

function judgeRoom(changes: PlannedChanges): Refusal[] {
  const { free, extentSizeBytes } = changes.layout;
  const freeGib = (extentsIn(free) * extentSizeBytes) / gibBytes;
  return takeInOrder(freeGib, changes).map((one) => ({ kind: "room", ...one }));
}

function judgePromises(changes: PlannedChanges, promises: Promises): Refusal[] {
  const freeGib = promises.fault === undefined ? leftToPromise(promises) : 0;
  return takeInOrder(freeGib, changes).map(({ identity, leftGib }) => ({
    ...{ kind: "promise", identity, promises },
    leftGib: Math.floor(leftGib),
  }));
}

/**
 * What does not fit into so many GiB. Room beside the copies of one volume counts once, and for as long as anything is
 * still to come: all of that may come while the last of them is made.
 */
function takeInOrder(
  freeGib: number,
  { growths, creates }: PlannedChanges,
): Omit<Extract<Refusal, { kind: "room" }>, "kind">[] {
  const wanted: (Pick<PlannedCreate, "identity" | "beside"> & { neededGib: number })[] = [
    ...growths.map(({ identity, lv, toGib }) => ({
      identity,
      neededGib: Math.max(0, toGib - lv.sizeBytes / gibBytes),
    })),
    ...creates.map(({ identity, sizeGib, beside }) => ({ identity, neededGib: sizeGib, beside })),
  ];
  const besides = new Set<string>();
  let leftGib = freeGib;
  return wanted.flatMap(({ identity, neededGib, beside }) => {
    const besideGib = beside === undefined || besides.has(beside.of) ? 0 : beside.gib;
    if (neededGib + besideGib > leftGib) return [{ identity, neededGib, besideGib, leftGib }];
    leftGib -= neededGib + besideGib;
    if (beside) besides.add(beside.of);
    return [];
  });
}
