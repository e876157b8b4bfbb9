import assert from "node:assert/strict";
import test from "node:test";
import { foreseenLayout } from "../../provider/services/lvm/foreseenLayout.js";
import { gibBytes, usableExtents } from "../../provider/services/lvm/geometry.js";
import { grownLayout } from "../../provider/services/lvm/grownLayout.js";
import { growth, growthInPieces, type Layout } from "../../provider/services/lvm/growth.js";
import { judge } from "../../provider/services/lvm/judge.js";
import { fits } from "../../provider/services/lvm/packing.js";
import { freePiecesGib, joinRanges, place, takePieces, withoutRanges } from "../../provider/services/lvm/placement.js";
import type { ExtentRange, LogicalVolume } from "../../provider/services/lvm/report.js";
import { logicalVolumeLike } from "../support/logicalVolume.js";

const extentSizeBytes = 4 * 1024 ** 2;
const cell = 256;

/** Holes in GiB, at these cells of one physical volume. */
function holes(...pieces: [firstCell: number, cells: number][]): ExtentRange[] {
  return pieces.map(([first, cells]) => ({
    pvUuid: "p",
    pvDevice: "/dev/p",
    startExtent: first * cell,
    extents: cells * cell,
  }));
}

function cellOf(range: ExtentRange | undefined): number | undefined {
  return range === undefined ? undefined : range.startExtent / cell;
}

function volume(name: string, firstCell: number, cells: number): LogicalVolume {
  const segment = { pvUuid: "p", pvDevice: "/dev/p", startExtent: firstCell * cell, extents: cells * cell };
  const segments = [{ ...segment, type: "linear", logicalStart: 0 }];
  return logicalVolumeLike({ name, uuid: name, sizeBytes: cells * gibBytes, segments });
}

/** A new volume. */
const fresh = (identity: string, sizeGib: number, kind: "thick" | "thin" = "thick") => ({ identity, sizeGib, kind });

/** A group whose volumes have to be in one piece, and are not in a pool. */
const onLoops = { inPieces: false, promises: undefined };

/** A group that is still to be made on a file of that size. */
function onFile(sizeBytes: number): Layout {
  return foreseenLayout(undefined, { file: { path: "/file", sizeBytes }, addedBytes: [], removed: [] });
}

function layout(lvs: LogicalVolume[], free: ExtentRange[], extentCount = 10 * cell): Layout {
  return {
    extentSizeBytes,
    lvs,
    free,
    pvs: [{ device: "/dev/p", uuid: "p", missing: false, tags: [], peStartBytes: 8388608, extentCount }],
  };
}

test("alone, a volume goes to the middle of the largest hole, so that it can grow", () => {
  const wish = { extentSizeBytes, free: holes([0, 3], [5, 9]), stillPlannedGib: [] };
  assert.equal(cellOf(place({ ...wish, sizeGib: 1 })), 9);
  assert.equal(cellOf(place({ ...wish, sizeGib: 9 })), 5);
  assert.equal(place({ ...wish, sizeGib: 10 }), undefined);
  assert.equal(place({ ...wish, sizeGib: 1 })?.extents, cell);
});

test("at the start of a group there is no volume in front to leave room for", () => {
  const wish = { extentSizeBytes, sizeGib: 1, stillPlannedGib: [] };
  assert.equal(cellOf(place({ ...wish, free: holes([0, 9]) })), 0);
  assert.equal(cellOf(place({ ...wish, free: holes([0, 2], [3, 2]) })), 0);
});

test("right behind a volume only where there is no other room", () => {
  const wish = { extentSizeBytes, free: holes([3, 2]), stillPlannedGib: [] };
  assert.equal(cellOf(place({ ...wish, sizeGib: 1 })), 4);
  assert.equal(cellOf(place({ ...wish, sizeGib: 2 })), 3);
});

test("not to the middle where what is still planned would not fit then", () => {
  const wish = { extentSizeBytes, free: holes([1, 9]), sizeGib: 4 };
  assert.equal(cellOf(place({ ...wish, stillPlannedGib: [4] })), 1);
  assert.equal(cellOf(place({ ...wish, stillPlannedGib: [2, 2] })), 3);
});

test("the smallest hole that fits is not taken where something planned needs it", () => {
  const wish = { extentSizeBytes, free: holes([0, 4], [5, 3]), sizeGib: 2 };
  assert.equal(cellOf(place({ ...wish, stillPlannedGib: [3, 2] })), 0);
  assert.equal(cellOf(place({ ...wish, stillPlannedGib: [4] })), 5);
});

test("holes off the grid are cut to it, and a hole of less than a GiB is none", () => {
  const free: ExtentRange[] = [{ pvUuid: "p", pvDevice: "/dev/p", startExtent: 300, extents: 511 + 212 }];
  assert.deepEqual(freePiecesGib({ extentSizeBytes, free }), [1]);
  assert.equal(place({ extentSizeBytes, free, sizeGib: 1, stillPlannedGib: [] })?.startExtent, 512);
  assert.deepEqual(
    freePiecesGib({ extentSizeBytes, free: [{ pvUuid: "p", pvDevice: "", startExtent: 0, extents: 255 }] }),
    [],
  );
});

test("ranges are taken out of holes", () => {
  assert.deepEqual(withoutRanges(holes([0, 10]), holes([3, 2])), holes([0, 3], [5, 5]));
  assert.deepEqual(withoutRanges(holes([0, 10]), holes([0, 2], [8, 2])), holes([2, 6]));
  assert.deepEqual(withoutRanges(holes([0, 2], [4, 2]), holes([2, 2])), holes([0, 2], [4, 2]));
  assert.deepEqual(withoutRanges(holes([0, 2]), holes([0, 5])), []);
  assert.deepEqual(withoutRanges(holes([2, 2]), holes([0, 3])), holes([3, 1]));
  const elsewhere = { ...holes([0, 5])[0], pvUuid: "q" } as ExtentRange;
  assert.deepEqual(withoutRanges(holes([0, 2]), [elsewhere]), holes([0, 2]));
});

test("a volume grows into what is free right behind it", () => {
  const data = volume("data", 2, 2);
  const answer = growth({ layout: layout([data], holes([0, 2], [4, 6])), lv: data, toGib: 5 });
  assert.deepEqual(answer, { ok: true, range: { ...holes([4, 3])[0] } });
  assert.deepEqual(growth({ layout: layout([data], []), lv: data, toGib: 2 }), { ok: true, range: undefined });
});

test("what stops a growth is named: the neighbour, the end, more than one segment", () => {
  const [data, next] = [volume("data", 0, 2), volume("next", 3, 1)];
  const between = layout([data, next], holes([2, 1], [4, 6]));
  assert.deepEqual(growth({ layout: between, lv: data, toGib: 3 }), { ok: true, range: { ...holes([2, 1])[0] } });
  assert.deepEqual(growth({ layout: between, lv: data, toGib: 4 }), {
    ok: false,
    reason: "neighbour",
    neighbour: next,
    freeGib: 1,
  });
  assert.deepEqual(growth({ layout: between, lv: next, toGib: 8 }), { ok: false, reason: "end", freeGib: 6 });
  const striped = { ...data, segments: data.segments.map((segment) => ({ ...segment, type: "striped" })) };
  const broken = { ...data, segments: [...data.segments, ...next.segments] };
  for (const lv of [striped, broken, { ...data, segments: [] }]) {
    assert.deepEqual(growth({ layout: between, lv, toGib: 3 }), { ok: false, reason: "segments" });
  }
});

test("the preview judges holes, not sums, and growths before new volumes", () => {
  const [data, next] = [volume("data", 0, 2), volume("next", 5, 1)];
  const now = layout([data, next], holes([2, 3], [6, 4]));
  const creates = [4, 3, 1].map((sizeGib) => fresh(`new${sizeGib}`, sizeGib));
  assert.deepEqual(judge({ ...onLoops, layout: now, growths: [], creates }), [
    { identity: "new1", kind: "create", sizeGib: 1, largestGib: 0 },
  ]);
  assert.deepEqual(judge({ ...onLoops, layout: now, growths: [], creates: [fresh("new5", 5)] }), [
    { identity: "new5", kind: "create", sizeGib: 5, largestGib: 4 },
  ]);
  const growths = [
    { identity: "data", lv: data, toGib: 4 },
    { identity: "next", lv: next, toGib: 6 },
  ];
  assert.deepEqual(judge({ ...onLoops, layout: now, growths, creates }), [
    { identity: "next", kind: "growth", growth: { ok: false, reason: "end", freeGib: 4 } },
    { identity: "new3", kind: "create", sizeGib: 3, largestGib: 1 },
  ]);
});

test("a group that does not exist yet is judged by its file", () => {
  assert.equal(usableExtents(10 * gibBytes), 2558);
  assert.equal(usableExtents(1), 0);
  const creates = [9, 1].map((sizeGib) => fresh(`${sizeGib}`, sizeGib));
  assert.deepEqual(
    judge({ ...onLoops, layout: onFile(10 * gibBytes), growths: [], creates }).map(({ identity }) => identity),
    ["1"],
  );
  assert.deepEqual(judge({ ...onLoops, layout: onFile(11 * gibBytes), growths: [], creates }), []);
  assert.equal(judge({ ...onLoops, layout: onFile(1), growths: [], creates }).length, 2);
});

test("a file that grows in the same update brings its room", () => {
  const full = layout(
    [volume("data", 0, 9)],
    [{ pvUuid: "p", pvDevice: "/dev/p", startExtent: 9 * cell, extents: 254 }],
    2558,
  );
  const grown = grownLayout(full, "p", 12 * gibBytes);
  assert.equal(grown.pvs[0]?.extentCount, usableExtents(12 * gibBytes));
  assert.deepEqual(grown.free, [{ pvUuid: "p", pvDevice: "/dev/p", startExtent: 9 * cell, extents: 254 + 512 }]);
  const packed = grownLayout({ ...full, free: [] }, "p", 12 * gibBytes);
  assert.deepEqual(packed.free, [{ pvUuid: "p", pvDevice: "/dev/p", startExtent: 2558, extents: 512 }]);
  assert.equal(grownLayout(full, "p", 9 * gibBytes), full);
});

test("with device-mapper the preview judges sums: growths first, then new volumes in the order of their checks", () => {
  const data = volume("data", 0, 2);
  const now = layout([data], holes([2, 1], [4, 3]));
  const plan = { inPieces: true, promises: undefined, layout: now };
  const creates = [3, 2].map((sizeGib) => fresh(`new${sizeGib}`, sizeGib));
  assert.deepEqual(judge({ ...plan, growths: [], creates }), [
    { kind: "room", identity: "new2", neededGib: 2, besideGib: 0, leftGib: 1 },
  ]);
  const growths = [{ identity: "data", lv: data, toGib: 6 }];
  assert.deepEqual(judge({ ...plan, growths, creates: [] }), []);
  assert.deepEqual(
    judge({ ...plan, growths, creates }).map(({ identity }) => identity),
    ["new3", "new2"],
  );
});

test("a pool is judged by what it has promised to volumes, and one that is too full takes nothing", () => {
  const thin = { ...volume("data", 0, 0), kind: "thin" as const, sizeBytes: 2 * gibBytes };
  const promises = { dataGib: 4.5, overSubscription: 2, promisedGib: 2, fault: undefined };
  const plan = { inPieces: true, promises, layout: layout([thin], []) };
  const creates = [fresh("new", 3, "thin")];
  const growths = [{ identity: "data", lv: thin, toGib: 6 }];
  assert.deepEqual(judge({ ...plan, growths, creates }), []);
  const more = [...creates, fresh("more", 1, "thin")];
  assert.deepEqual(judge({ ...plan, growths, creates: more }), [
    { kind: "promise", identity: "more", leftGib: 0, promises },
  ]);
  const full = { ...promises, fault: "is full" };
  assert.equal(judge({ ...plan, promises: full, growths, creates }).length, 2);
});

test("in pieces a volume takes as few of the holes as it can, and grows into what is behind it first", () => {
  assert.deepEqual(takePieces(holes([0, 1], [3, 4], [8, 2]), 5 * cell), [holes([3, 4])[0], holes([8, 1])[0]]);
  assert.equal(takePieces(holes([0, 1], [3, 4]), 5 * cell + 1), undefined);
  const data = volume("data", 0, 2);
  const between = layout([data], holes([2, 1], [4, 6]));
  assert.deepEqual(growthInPieces({ layout: between, lv: data, toGib: 2 }), []);
  assert.deepEqual(growthInPieces({ layout: between, lv: data, toGib: 3 }), holes([2, 1]));
  assert.deepEqual(growthInPieces({ layout: between, lv: data, toGib: 5 }), holes([2, 1], [4, 2]));
  assert.equal(growthInPieces({ layout: between, lv: data, toGib: 10 }), undefined);
});

test("packing finds what the largest-first rule misses, and never claims too much", () => {
  assert.equal(fits([6, 5, 5], [4, 3, 3, 2, 2, 2]), true);
  assert.equal(fits([3, 3], [2, 2, 2]), false);
  assert.equal(fits([], []), true);
  assert.equal(fits([], [1]), false);
});

test("neighbouring ranges of one device are one; others stay apart", () => {
  const ranges = [
    ...holes([4, 1], [0, 2], [2, 1]),
    { pvUuid: "q", pvDevice: "/dev/q", startExtent: 3 * cell, extents: cell },
  ];
  assert.deepEqual(joinRanges(ranges), [...holes([0, 3], [4, 1]), ranges[3]]);
});
