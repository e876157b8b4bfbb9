import assert from "node:assert/strict";
import { test } from "node:test";
import { pairs, piecesBeyond } from "../../provider/host/copy.js";
import type { LogicalVolume } from "../../provider/services/lvm/report.js";
import { snapshotExtents } from "../../provider/services/lvm/snapshots/snapshotRoom.js";
import { takenOf, takenTags } from "../../provider/services/lvm/snapshots/snapshotTags.js";

const mib = 1024 ** 2;
const piece = (device: string, offset: number, length: number) => ({
  device,
  offsetBytes: offset * mib,
  lengthBytes: length * mib,
});

test("pieces of two volumes are copied where both overlap, in chunks, and no further than the source", () => {
  const from = [piece("a", 10, 100), piece("b", 0, 300)];
  const to = [piece("c", 5, 150), piece("d", 7, 500)];
  assert.deepEqual(pairs(from, to), [
    [piece("a", 10, 100), piece("c", 5, 100)],
    [piece("b", 0, 50), piece("c", 105, 50)],
    [piece("b", 50, 250), piece("d", 7, 250)],
  ]);
  assert.deepEqual(
    pairs([piece("a", 0, 600)], [piece("b", 0, 600)]).map(([{ offsetBytes, lengthBytes }]) => [
      offsetBytes / mib,
      lengthBytes / mib,
    ]),
    [
      [0, 256],
      [256, 256],
      [512, 88],
    ],
  );
});

test("what is beyond the source begins where it ends", () => {
  const pieces = [piece("c", 5, 150), piece("d", 7, 500)];
  assert.deepEqual(piecesBeyond(pieces, 0), pieces);
  assert.deepEqual(piecesBeyond(pieces, 100 * mib), [piece("c", 105, 50), piece("d", 7, 500)]);
  assert.deepEqual(piecesBeyond(pieces, 150 * mib), [piece("d", 7, 500)]);
  assert.deepEqual(piecesBeyond(pieces, 650 * mib), []);
});

test("a thick snapshot takes as many extents as lvm's 100%ORIGIN gives it", () => {
  const extents = (sizeBytes: number) => snapshotExtents({ extentSizeBytes: 4 * mib }, { sizeBytes });
  assert.equal(extents(1024 * mib), 258);
  assert.equal(extents(100 * mib), 26);
});

test("a snapshot says what it was taken of, with lvm's word where its tags are gone", () => {
  const lv = { tags: takenTags({ of: "volume-1", sizeGib: 3 }), origin: "", sizeBytes: 1024 * mib };
  assert.deepEqual(takenOf(lv as unknown as LogicalVolume), { of: "volume-1", sizeGib: 3 });
  const bare = { ...lv, tags: ["blockbox"], origin: "volume-2" };
  assert.deepEqual(takenOf(bare as unknown as LogicalVolume), { of: "volume-2", sizeGib: 1 });
  assert.equal(takenOf({ ...bare, origin: "" } as unknown as LogicalVolume).of, undefined);
});
