import assert from "node:assert/strict";
import test from "node:test";
import { changesOf } from "../../provider/services/lvm/changesOf.js";
import { foreseeGroup, type PlannedBackend } from "../../provider/services/lvm/foreseenGroup.js";
import { judge } from "../../provider/services/lvm/judge.js";
import type { Intent } from "../../provider/services/lvm/plannedChanges.js";
import type { Group, LogicalVolume, Segment } from "../../provider/services/lvm/report.js";
import { snapshotExtents } from "../../provider/services/lvm/snapshots/snapshotRoom.js";
import { forCopyTag, takenTags } from "../../provider/services/lvm/snapshots/snapshotTags.js";
import { formatMark, type Mark } from "../../provider/services/mark.js";
import { logicalVolumeLike } from "../support/logicalVolume.js";

const extentSizeBytes = 4 * 1024 ** 2;
const gib = 1024 ** 3;
const cell = 256;
const group = "g";

/** What a group holds, by names: all in pieces of one physical volume, in that order. */
interface Holds {
  readonly name: string;
  readonly kind?: LogicalVolume["kind"];
  readonly sizeGib: number;
  /** What it takes of the group; as large as the volume, unless said. */
  readonly extents?: number;
  readonly tags?: string[];
}

function groupOf(sizeGib: number, ...holds: Holds[]): Group {
  let at = 0;
  const lvs = holds.map(({ name, kind = "thick", sizeGib: size, extents = size * cell, tags = [] }) => {
    const place = { pvUuid: "p", pvDevice: "/dev/p", startExtent: at, extents };
    const segments: Segment[] = extents === 0 ? [] : [{ ...place, type: "linear", logicalStart: 0 }];
    at += extents;
    const pool = kind === "thin" ? `${group}-pool` : "";
    return logicalVolumeLike({ name, uuid: name, kind, pool, tags, sizeBytes: size * gib, segments });
  });
  const extentCount = sizeGib * cell;
  const pv = { device: "/dev/p", uuid: "p", missing: false, tags: [], peStartBytes: 8 * 1024 ** 2, extentCount };
  return {
    ...{ name: group, uuid: "u", tags: ["blockbox", "blockbox.activation=deviceMapper"], extentSizeBytes, extentCount },
    ...{ freeExtents: extentCount - at, complete: true, pvs: [pv], lvs },
    free: [{ pvUuid: "p", pvDevice: "/dev/p", startExtent: at, extents: extentCount - at }],
  };
}

/** A pool of so many GiB with metadata of 4 extents, and as much for their repair. */
const pool = (sizeGib: number): Holds[] => [
  { name: `${group}-pool`, kind: "thinPool", sizeGib, extents: 0 },
  { name: `${group}-pool_tdata`, kind: "hidden", sizeGib },
  { name: `${group}-pool_tmeta`, kind: "hidden", sizeGib: 0, extents: 4 },
  { name: "lvol0_pmspare", kind: "hidden", sizeGib: 0, extents: 4 },
];

const data: Holds = { name: "volume-data", sizeGib: 2 };
const second: Holds = { name: "volume-second", sizeGib: 1 };
const inPool: Holds = { name: "volume-thin", kind: "thin", sizeGib: 1, extents: 0 };

const create = (sizeGib: number): Intent => ({ kind: "volume", sizeGib });
const copy = (of: Holds, sizeGib = of.sizeGib): Intent => ({
  ...{ kind: "volume", sizeGib },
  source: { volume: `${group}/${of.name}` },
});
const copyOfSnapshot = (of: Holds, sizeGib: number): Intent => ({
  ...{ kind: "volume", sizeGib },
  source: { snapshot: `${group}/${of.name}` },
});
const grow = (of: Holds, toGib: number): Intent => ({ kind: "growth", lvUuid: of.name, toGib });
const snapshot = (of: Holds): Intent => ({ kind: "snapshot", lvUuid: of.name });
const attach = (of: Holds): Intent => ({ kind: "attachment", lvUuid: of.name });

/** Room for a thick snapshot of a volume of so many GiB, in GiB. */
const roomOf = (sizeGib: number) => snapshotExtents({ extentSizeBytes }, { sizeBytes: sizeGib * gib }) / cell;

/** What is refused of intents in the order of their checks, by their places. */
function refused(found: Group | undefined, intents: readonly Intent[], backend?: PlannedBackend): string[] {
  const all = new Map(intents.map((intent, at) => [`${at}`, intent]));
  const foreseen = foreseeGroup(group, found, backend, new Set(all.keys()));
  assert.ok(foreseen);
  return judge({ ...foreseen, ...changesOf(all, foreseen) }).map(({ identity, kind }) => `${identity} ${kind}`);
}

const devices = { addedBytes: [], removed: [] };
const thickBackend: PlannedBackend = {
  ...{ isNew: false, devices, activation: "deviceMapper" },
  ...{ hasPool: false, pool: undefined },
};
const poolBackend = (dataGib: number, more: Partial<PlannedBackend> = {}): PlannedBackend => ({
  ...thickBackend,
  hasPool: true,
  pool: { dataBytes: dataGib * gib, metadataBytes: 4 * extentSizeBytes, overSubscription: 1 },
  ...more,
});
const added = (...sizesGib: number[]) => ({
  ...devices,
  addedBytes: sizesGib.map((size) => size * gib + 8 * 1024 ** 2),
});

test("a thick snapshot has room for its volume and the kernel's notes on it", () => {
  assert.equal(snapshotExtents({ extentSizeBytes }, { sizeBytes: gib }), 258);
  assert.equal(snapshotExtents({ extentSizeBytes }, { sizeBytes: 2 * gib }), 515);
});

const snap: Holds = { name: "_snapshot-a", kind: "thickSnapshot", sizeGib: 1, extents: 258 };
const forCopy: Holds = { ...snap, tags: [...takenTags({ of: data.name, sizeGib: 2 }), forCopyTag("volume-x")] };

/**
 * Each with the group that is just large enough: so that all of it fits there, and in one of one extent less what comes
 * last does not (of growths and what was planned before them, the creates).
 */
const limits: readonly {
  words: string;
  holds: Holds[];
  intents: Intent[];
  takesGib: number;
  refuses: string[];
  backend?: PlannedBackend;
}[] = [
  {
    words: "a snapshot after a volume",
    ...{ holds: [data], intents: [create(1), snapshot(data)] },
    ...{ takesGib: 1 + roomOf(2), refuses: ["1 room"] },
  },
  {
    words: "a volume after a snapshot",
    ...{ holds: [data], intents: [snapshot(data), create(1)] },
    ...{ takesGib: 1 + roomOf(2), refuses: ["1 room"] },
  },
  {
    words: "two snapshots of one volume",
    ...{ holds: [data], intents: [snapshot(data), snapshot(data)] },
    ...{ takesGib: 2 * roomOf(2), refuses: ["1 room"] },
  },
  {
    words: "a snapshot of one volume beside the growth of another",
    ...{ holds: [data, second], intents: [grow(second, 3), snapshot(data)] },
    ...{ takesGib: 2 + roomOf(2), refuses: ["1 room"] },
  },
  {
    words: "a snapshot of a volume that grows first",
    ...{ holds: [data], intents: [snapshot(data), grow(data, 3)] },
    ...{ takesGib: 1 + roomOf(3), refuses: ["0 room"] },
  },
  {
    words: "a copy of what is not attached",
    ...{ holds: [data], intents: [copy(data, 3), create(1)] },
    ...{ takesGib: 3 + 1, refuses: ["1 room"] },
  },
  {
    words: "a copy of what is attached in the same update",
    ...{ holds: [data], intents: [attach(data), copy(data, 3)] },
    ...{ takesGib: 3 + roomOf(2), refuses: ["1 room"] },
  },
  {
    words: "what is attached in the same update as it is copied",
    ...{ holds: [data], intents: [copy(data, 3), attach(data)] },
    ...{ takesGib: 3 + roomOf(2), refuses: ["0 room"] },
  },
  {
    words: "two copies of one volume are made one after the other",
    ...{ holds: [data], intents: [attach(data), copy(data), copy(data)] },
    ...{ takesGib: 2 + 2 + roomOf(2), refuses: ["2 room"] },
  },
  {
    words: "copies of two volumes may be made at once",
    ...{ holds: [data, second], intents: [attach(data), attach(second), copy(data), copy(second)] },
    ...{ takesGib: 2 + 1 + roomOf(2) + roomOf(1), refuses: ["3 room"] },
  },
  {
    words: "a copy of what is attached and grows first",
    ...{ holds: [data], intents: [attach(data), grow(data, 3), copy(data, 3)] },
    ...{ takesGib: 1 + 3 + roomOf(3), refuses: ["2 room"] },
  },
  {
    words: "the snapshot that a killed copy left goes before the next one is taken",
    ...{ holds: [data, forCopy], intents: [attach(data), copy(data)] },
    ...{ takesGib: 2 + roomOf(2) - 258 / cell, refuses: ["1 room"] },
  },
  {
    words: "a copy of a snapshot needs nothing beside it",
    ...{ holds: [data, snap], intents: [attach(data), copyOfSnapshot(snap, 2)] },
    ...{ takesGib: 2, refuses: ["1 room"] },
  },
  {
    words: "beside a pool copies of thick volumes and their growth take of the group, new volumes of the pool",
    ...{ holds: [data, ...pool(4)], intents: [create(4), grow(data, 3), copy(data, 3)] },
    ...{ takesGib: 1 + 3, refuses: ["2 room"] },
  },
  {
    words: "a thick snapshot beside a pool that grows in the same update",
    ...{ holds: [data, ...pool(1)], intents: [snapshot(data)], backend: poolBackend(3) },
    ...{ takesGib: 2 + roomOf(2), refuses: ["0 room"] },
  },
  {
    words: "a thick snapshot beside a pool that is made in the same update",
    ...{ holds: [data], intents: [create(3), snapshot(data)], backend: poolBackend(3) },
    ...{ takesGib: 3 + 8 / cell + roomOf(2), refuses: ["1 room"] },
  },
  {
    words: "the metadata of a pool grow with what is kept for their repair",
    ...{ holds: [data, ...pool(1)], intents: [snapshot(data)] },
    backend: poolBackend(1, { pool: { dataBytes: gib, metadataBytes: 10 * extentSizeBytes, overSubscription: 1 } }),
    ...{ takesGib: 12 / cell + roomOf(2), refuses: ["0 room"] },
  },
  {
    words: "a pool that goes gives back what it had",
    ...{ holds: [data, ...pool(1)], intents: [create(2), snapshot(data)], backend: thickBackend },
    ...{ takesGib: 2 + roomOf(2) - 1 - 8 / cell, refuses: ["1 room"] },
  },
  {
    words: "a device that comes brings room for a snapshot",
    ...{ holds: [data], intents: [create(1), snapshot(data)], backend: { ...thickBackend, devices: added(1) } },
    ...{ takesGib: roomOf(2), refuses: ["1 room"] },
  },
];

for (const { words, holds, intents, takesGib, refuses, backend } of limits) {
  test(`a group at its limit: ${words}`, () => {
    const held = groupOf(0, ...holds).lvs.flatMap(({ segments }) => segments);
    const sizeGib = held.reduce((sum, { extents }) => sum + extents, 0) / cell + takesGib;
    assert.deepEqual(refused(groupOf(sizeGib, ...holds), intents, backend), []);
    assert.deepEqual(refused(groupOf(sizeGib - 1 / cell, ...holds), intents, backend), refuses);
  });
}

test("a device that leaves takes its room along", () => {
  const two = groupOf(4, data);
  const other = { pvUuid: "q", pvDevice: "/dev/q", startExtent: 0, extents: 4 * cell };
  const pv = { device: "/dev/q", uuid: "q", missing: false, tags: [], peStartBytes: 0, extentCount: 4 * cell };
  const found: Group = { ...two, pvs: [...two.pvs, pv], free: [...two.free, other] };
  assert.deepEqual(refused(found, [snapshot(data)]), []);
  const backend = { ...thickBackend, devices: { ...devices, removed: ["q"] } };
  assert.deepEqual(refused(found, [snapshot(data)], backend), ["0 room"]);
});

test("what is in a pool is judged by its promises: new volumes and copies of thin ones, also of their snapshots", () => {
  const thinSnapshot: Holds = { name: "_snapshot-b", kind: "thin", sizeGib: 1, extents: 0 };
  const full = groupOf(4 + 8 / cell, ...pool(4), inPool, thinSnapshot);
  // Four GiB, of which a volume has one; snapshots do not count.
  const named = {
    ...full,
    lvs: full.lvs.map((lv) => (lv.name === thinSnapshot.name ? { ...lv, name: `_snapshot-${uuid}` } : lv)),
  };
  const source: Intent = { kind: "volume", sizeGib: 1, source: { snapshot: `${group}/_snapshot-${uuid}` } };
  const fits = [create(1), copy(inPool), source, snapshot(inPool), attach(inPool)];
  assert.deepEqual(refused(named, fits), []);
  assert.deepEqual(refused(named, [...fits, copy(inPool)]), ["5 promise"]);
  // The copy of what grows first has its size.
  assert.deepEqual(refused(named, [...fits, grow(inPool, 2)]), ["1 promise"]);
  // A thick copy does not fit beside the pool, however much that may promise.
  const both = groupOf(6 + 8 / cell, data, ...pool(4));
  assert.deepEqual(refused(both, [copy(data), create(4)]), ["0 room"]);
});

const uuid = "01234567-89ab-4cde-8f01-23456789abcd";

test("what a create has begun counts once, killed or still at work: what it is to be", () => {
  const mark: Mark = {
    ...{ identity: "0", stack: "5", token: "70", createdAt: 0 },
    creator: { machine: "a", pid: 1, start: 1 },
  };
  const begun = { ...second, tags: [`blockbox.mark=${formatMark(mark)}`] };
  assert.deepEqual(refused(groupOf(4, data, begun), [copy(data)]), []);
  assert.deepEqual(refused(groupOf(4, data, begun), [copy(data), create(1)]), ["1 room"]);
  const begunSnapshot = { ...snap, tags: begun.tags };
  assert.deepEqual(refused(groupOf(2 + roomOf(2), data, begunSnapshot), [snapshot(data)]), []);
});

test("a group that is still to be made has what its file and devices have, but for its pool", () => {
  const backend = poolBackend(2, { isNew: true, devices: added(4) });
  assert.deepEqual(refused(undefined, [create(2)], backend), []);
  assert.deepEqual(refused(undefined, [create(2), create(1)], backend), ["1 promise"]);
  assert.deepEqual(refused(undefined, [create(3), create(1)], { ...thickBackend, isNew: true, devices: added(4) }), []);
  assert.equal(foreseeGroup(group, undefined, thickBackend, new Set()), undefined);
});
