import assert from "node:assert/strict";
import test from "node:test";
import { gibBytes } from "../../provider/services/lvm/geometry.js";
import { growth, type Layout } from "../../provider/services/lvm/growth.js";
import { judge } from "../../provider/services/lvm/judge.js";
import { extentsIn, joinRanges, place, withoutRanges } from "../../provider/services/lvm/placement.js";
import type { ExtentRange, LogicalVolume } from "../../provider/services/lvm/report.js";
import { logicalVolumeLike } from "../support/logicalVolume.js";
import { random } from "../support/random.js";

const plans = 2_000;
const extentSizeBytes = 4 * 1024 ** 2;
const cell = gibBytes / extentSizeBytes;

interface Growing {
  identity: string;
  lv: LogicalVolume;
  toGib: number;
}

interface Creating {
  identity: string;
  sizeGib: number;
  kind: "thick";
}

test("whatever the preview accepts can be done, in any order: volumes are made and grow, none over another", () => {
  let [made, grown, refused] = [0, 0, 0];
  for (let seed = 1; seed <= plans; seed += 1) {
    const { below } = random(seed);
    const before = someLayout(below);
    const growths = before.lvs.flatMap((lv): Growing[] => {
      const toGib = lv.sizeBytes / gibBytes + 1 + below(4);
      return below(2) === 0 ? [] : [{ identity: `${lv.name} grows`, lv, toGib }];
    });
    const creates = Array.from({ length: 1 + below(9) }, (_, index): Creating => {
      return { identity: `new${index}`, sizeGib: 1 + below(6), kind: "thick" };
    });
    const refusals = judge({ inPieces: false, promises: undefined, layout: before, growths, creates });
    const no = new Set(refusals.map(({ identity }) => identity));
    const accepted = [...growths, ...creates].filter(({ identity }) => !no.has(identity));
    const drawn = accepted.map((change) => ({ change, at: below(1000) })).sort((a, b) => a.at - b.at);
    const order = drawn.map(({ change }) => change);
    let layout = before;
    for (const [index, change] of order.entries()) {
      const range = rangeFor(change, order.slice(index + 1), layout);
      assert.ok(range, `seed ${seed}: no room for ${change.identity}`);
      const free = withoutRanges(layout.free, [range]);
      assert.equal(extentsIn(layout.free) - extentsIn(free), range.extents, `seed ${seed}: a place that was not free`);
      layout = { ...layout, free };
    }
    made += accepted.filter((change) => !("lv" in change)).length;
    grown += accepted.filter((change) => "lv" in change).length;
    refused += no.size;
  }
  // Plans that are all refused, or never, would show nothing.
  for (const count of [made, grown, refused])
    assert.ok(count > plans / 2, `${made} made, ${grown} grown, ${refused} refused`);
});

/** A device with volumes of whole GiB, and holes of any size before, between and behind them. */
function someLayout(below: (limit: number) => number): Layout {
  const free: ExtentRange[] = [];
  const lvs: LogicalVolume[] = [];
  let at = 0;
  const take = (extents: number): ExtentRange => {
    const range = { pvUuid: "p", pvDevice: "/dev/p", startExtent: at, extents };
    at += extents;
    return range;
  };
  for (let pieces = 1 + below(8); pieces > 0; pieces -= 1) {
    if (below(3) > 0) free.push(take(1 + below(9 * cell)));
    const gib = 1 + below(3);
    const name = `old${pieces}`;
    const segments = [{ ...take(gib * cell), type: "linear", logicalStart: 0 }];
    lvs.push(logicalVolumeLike({ name, uuid: name, sizeBytes: gib * gibBytes, segments }));
  }
  free.push(take(1 + below(12 * cell)));
  const pv = { device: "/dev/p", uuid: "p", missing: false, tags: [], peStartBytes: 8388608, extentCount: at };
  return { extentSizeBytes, lvs, free: joinRanges(free), pvs: [pv] };
}

/** Where an update puts it, which knows all that is still to come. */
function rangeFor(change: Growing | Creating, still: (Growing | Creating)[], layout: Layout): ExtentRange | undefined {
  if ("lv" in change) return grownBy(change, layout);
  const reserved = still.flatMap((later) => ("lv" in later ? (grownBy(later, layout) ?? []) : []));
  const stillPlannedGib = still.flatMap((later) => ("lv" in later ? [] : [later.sizeGib]));
  const free = withoutRanges(layout.free, reserved);
  const range = place({ extentSizeBytes, free, sizeGib: change.sizeGib, stillPlannedGib });
  if (range) assert.deepEqual([range.extents, range.startExtent % cell], [change.sizeGib * cell, 0], change.identity);
  return range;
}

function grownBy({ lv, toGib }: Growing, layout: Layout): ExtentRange | undefined {
  const answer = growth({ layout, lv, toGib });
  return answer.ok ? answer.range : undefined;
}
