import { gibBytes } from "./geometry.js";
import { judgeHoles } from "./judgeHoles.js";
import { extentsIn } from "./placement.js";
import type { PlannedChanges, Refusal } from "./plannedChanges.js";
import { leftToPromise, type Promises } from "./pool/promises.js";
import type { LogicalVolume } from "./report.js";

/** What a group can be: how its volumes are shown, and what its pool may promise if new ones are made in one. */
export interface Means {
  /** Whether a volume may be of several pieces, as device-mapper can show them. */
  readonly inPieces: boolean;
  readonly promises: Promises | undefined;
}

/** Which of all planned growths and new volumes a group cannot hold, in the order given, growths first. */
export function judge(plan: PlannedChanges & Means): Refusal[] {
  const { layout, growths, creates, inPieces, promises } = plan;
  const isThin = ({ lv }: { readonly lv: LogicalVolume }) => lv.kind === "thin";
  const thick = { layout, growths: growths.filter((one) => !isThin(one)), creates: promises ? [] : creates };
  const thin = { layout, growths: growths.filter(isThin), creates: promises ? creates : [] };
  const ofThick = inPieces ? judgeRoom(thick) : judgeHoles(thick);
  return promises ? [...ofThick, ...judgePromises(thin, promises)] : ofThick;
}

function judgeRoom({ layout, growths, creates }: PlannedChanges): Refusal[] {
  const freeGib = (extentsIn(layout.free) * layout.extentSizeBytes) / gibBytes;
  return takeInOrder(freeGib, { growths, creates }).map((one) => ({ kind: "room", ...one }));
}

function judgePromises(changes: PlannedChanges, promises: Promises): Refusal[] {
  const left = promises.fault === undefined ? leftToPromise(promises) : 0;
  return takeInOrder(left, changes).map((one) => ({ kind: "promise", promises, ...one }));
}

/** What does not fit into so many GiB. */
function takeInOrder(
  freeGib: number,
  { growths, creates }: Pick<PlannedChanges, "growths" | "creates">,
): { identity: string; leftGib: number }[] {
  const wanted = [
    ...growths.map(({ identity, lv, toGib }) => ({ identity, moreGib: toGib - lv.sizeBytes / gibBytes })),
    ...creates.map(({ identity, sizeGib }) => ({ identity, moreGib: sizeGib })),
  ];
  const refused: { identity: string; leftGib: number }[] = [];
  let left = freeGib;
  for (const { identity, moreGib } of wanted) {
    if (moreGib <= left) left -= Math.max(0, moreGib);
    else refused.push({ identity, leftGib: Math.floor(left) });
  }
  return refused;
}
