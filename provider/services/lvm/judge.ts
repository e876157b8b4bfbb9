import { extentSizeBytes, extentsStartBytes, usableExtents } from "./geometry.js";
import { type Growth, growth, type Layout } from "./growth.js";
import { fits } from "./packing.js";
import { freePiecesGib, withoutRanges } from "./placement.js";
import type { LogicalVolume } from "./report.js";

export type Refusal =
  | { identity: string; kind: "growth"; growth: Extract<Growth, { ok: false }> }
  /** `largestGib`: the largest piece that the volumes accepted before it leave, at best. */
  | { identity: string; kind: "create"; sizeGib: number; largestGib: number };

/**
 * Which of all planned growths and new volumes a group cannot hold, in the order given: growths first, since only they
 * are bound to one place. What is accepted can be placed by `place` in any order, if that is told of all the rest.
 */
export function judge(plan: {
  layout: Layout;
  growths: readonly { identity: string; lv: LogicalVolume; toGib: number }[];
  creates: readonly { identity: string; sizeGib: number }[];
}): Refusal[] {
  const refusals: Refusal[] = [];
  let free = plan.layout.free;
  for (const { identity, lv, toGib } of plan.growths) {
    const answer = growth({ layout: { ...plan.layout, free }, lv, toGib });
    if (!answer.ok) refusals.push({ identity, kind: "growth", growth: answer });
    else if (answer.range !== undefined) free = withoutRanges(free, [answer.range]);
  }
  const holes = freePiecesGib({ extentSizeBytes: plan.layout.extentSizeBytes, free });
  const accepted: number[] = [];
  for (const { identity, sizeGib } of plan.creates) {
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

/** A group that is still to be made, on one device or file of that size. */
export function emptyLayout(sizeBytes: number): Layout {
  const pv = { uuid: "planned", device: "planned", extents: usableExtents(sizeBytes) };
  return {
    extentSizeBytes,
    pvs: [
      {
        ...{ uuid: pv.uuid, device: pv.device, missing: false, tags: [] },
        ...{ peStartBytes: extentsStartBytes, extentCount: pv.extents },
      },
    ],
    lvs: [],
    free: pv.extents === 0 ? [] : [{ pvUuid: pv.uuid, pvDevice: pv.device, startExtent: 0, extents: pv.extents }],
  };
}

/** The layout as it will be when a device of the group has grown to that size. */
export function grownLayout(layout: Layout, pvUuid: string, sizeBytes: number): Layout {
  const pv = layout.pvs.find(({ uuid }) => uuid === pvUuid);
  if (pv === undefined) return layout;
  const extentCount = Math.floor((sizeBytes - pv.peStartBytes) / layout.extentSizeBytes);
  const more = extentCount - pv.extentCount;
  if (more <= 0) return layout;
  const last = layout.free.find(
    (range) => range.pvUuid === pvUuid && range.startExtent + range.extents === pv.extentCount,
  );
  const startExtent = last?.startExtent ?? pv.extentCount;
  const added = { pvUuid, pvDevice: pv.device, startExtent, extents: extentCount - startExtent };
  return {
    ...layout,
    pvs: layout.pvs.map((other) => (other === pv ? { ...pv, extentCount } : other)),
    free: [...layout.free.filter((range) => range !== last), added],
  };
}
