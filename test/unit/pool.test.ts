import assert from "node:assert/strict";
import test from "node:test";
import { faultOfDeviceNames, mappedName } from "../../provider/services/lvm/activation/names.js";
import { matchDevices } from "../../provider/services/lvm/devices/match.js";
import { isPvUuidOf, newPvUuid, ownerByGroup, ownerByIdentity } from "../../provider/services/lvm/devices/ownUuid.js";
import { pathIn, pathTags } from "../../provider/services/lvm/devices/pathTags.js";
import { fillWords } from "../../provider/services/lvm/pool/fill.js";
import { type PlannedPool, promisesOf } from "../../provider/services/lvm/pool/promises.js";
import { wantedPoolSize } from "../../provider/services/lvm/pool/size.js";
import type { Group, LogicalVolume, PhysicalVolume } from "../../provider/services/lvm/report.js";

const mib = 1024 ** 2;
const extentSizeBytes = 4 * mib;
const ratio = { maxOverSubscriptionRatio: 1 };
const size = (
  room: number,
  thinPool: Parameters<typeof wantedPoolSize>[0]["thinPool"],
  current?: { data: number; metadata: number },
) => wantedPoolSize({ thinPool }, { room, extentSizeBytes }, current);

test("a pool has 95 % of its room, and 2 MiB of metadata for each GiB, at least 16", () => {
  assert.deepEqual(size(1022, undefined), { data: 970, metadata: 4 });
  assert.deepEqual(size(25_600, true), { data: 24_320, metadata: 48 });
  // In a small group the metadata and what is kept for their repair need more than 5 %.
  assert.deepEqual(size(300, { ...ratio, metadataSizeMib: 64 }), { data: 268, metadata: 16 });
});

test("a pool's sizes are as given, only grow, and are refused by the property that asks too much", () => {
  assert.deepEqual(size(1022, { ...ratio, size: 2 }), { data: 512, metadata: 4 });
  assert.deepEqual(size(1022, undefined, { data: 1000, metadata: 4 }), { data: 1000, metadata: 4 });
  const refused = (...args: Parameters<typeof size>) => {
    const answer = size(...args);
    return "property" in answer ? answer.property : answer;
  };
  assert.equal(refused(1022, { ...ratio, size: 4 }), "lvm.thinPool.size");
  assert.equal(refused(1022, { ...ratio, size: 1 }, { data: 512, metadata: 4 }), "lvm.thinPool.size");
  assert.equal(refused(1022, { ...ratio, metadataSizeMib: 4000 }), "lvm.thinPool.metadataSizeMib");
  assert.equal(
    refused(1022, { ...ratio, metadataSizeMib: 16 }, { data: 512, metadata: 8 }),
    "lvm.thinPool.metadataSizeMib",
  );
  assert.equal(refused(254, undefined), "lvm.thinPool");
});

test("device-mapper's names double hyphens, and have at most 127 characters", () => {
  assert.equal(mappedName("a-b", "c-d"), "a--b-c--d");
  assert.equal(faultOfDeviceNames("a".repeat(57), true), undefined);
  assert.match(faultOfDeviceNames("a".repeat(58), true) ?? "", /would have 129 characters/);
  assert.equal(faultOfDeviceNames("a".repeat(71), false), undefined);
  assert.match(faultOfDeviceNames("a".repeat(72), false) ?? "", /128/);
});

const pv = (uuid: string, device: string, tags: string[] = []): PhysicalVolume => ({
  ...{ uuid, device, tags, missing: false },
  ...{ peStartBytes: 8 * mib, extentCount: 10 },
});

test("devices are matched by recorded UUID or path, whatever their names are by now", () => {
  const pvs = [pv("u1", "/dev/bbt-c"), pv("u2", "/dev/bbt-a", pathTags("/dev/bbt-b")), pv("u3", "/dev/bbt-x")];
  const { present, added, removed } = matchDevices({ pvs }, ["/dev/bbt-a", "/dev/bbt-b", "/dev/bbt-n"], {
    "/dev/bbt-a": "u1",
  });
  assert.deepEqual(
    [...present].map(([path, { uuid }]) => [path, uuid]),
    [
      ["/dev/bbt-a", "u1"],
      ["/dev/bbt-b", "u2"],
    ],
  );
  assert.deepEqual(added, ["/dev/bbt-n"]);
  assert.deepEqual(removed, []);
  const without = matchDevices({ pvs }, ["/dev/bbt-b"], { "/dev/bbt-a": "u1", "/dev/bbt-b": "u2" });
  // One that no Backend has named is somebody's.
  assert.deepEqual(
    without.removed.map(({ uuid }) => uuid),
    ["u1"],
  );
});

test("a physical volume says by its UUID whose it was to be", () => {
  const owner = ownerByIdentity({ digest: "d", stack: "s" });
  const uuid = newPvUuid(owner);
  assert.match(uuid, /^\w{6}(-\w{4}){5}-\w{6}$/);
  assert.ok(isPvUuidOf(uuid, [ownerByGroup("g"), owner]));
  assert.ok(!isPvUuidOf(uuid, [ownerByGroup("g")]));
  assert.equal(pathIn(pathTags("/dev/disk/by-id/a b")), "/dev/disk/by-id/a b");
  assert.equal(pathIn([]), undefined);
});

const metadata = (size: number) => ({ name: "g-pool_tmeta", kind: "hidden", sizeBytes: size * mib }) as LogicalVolume;

test("nothing new is made in a pool that is too full, that leaks, or in which lvm itself makes nothing", () => {
  const fault = (metadataMib: number, about: Partial<LogicalVolume>, planned?: PlannedPool) => {
    const fill = { dataPercent: 10, metadataPercent: 74.9 };
    const pool = { name: "g-pool", kind: "thinPool", sizeBytes: 1024 * mib, fill, ...about } as LogicalVolume;
    return promisesOf({ name: "g", tags: [], lvs: [pool, metadata(metadataMib)] }, planned)?.fault;
  };
  const used = (metadataPercent: number) => ({ fill: { dataPercent: 10, metadataPercent } });
  const grown = { dataBytes: 1024 * mib, metadataBytes: 32 * mib, overSubscription: 1 };
  assert.equal(fault(16, {}), undefined);
  assert.match(fault(16, used(75)) ?? "", /^has used 75 % of its metadata, and from 75 % on/);
  assert.equal(fault(16, used(75), grown), undefined);
  assert.equal(fault(32, used(86.9)), undefined);
  assert.match(fault(32, used(87.5)) ?? "", /from 87 % on/);
  assert.match(fault(1024, used(95)) ?? "", /from 95 % on/);
  assert.match(fault(1024, { poolState: { zeroes: true, readOnly: true } }) ?? "", /has used 100 % of its metadata/);
  assert.match(fault(1024, { poolState: { zeroes: false, readOnly: false } }) ?? "", /`lvchange --zero y g\/g-pool`/);
  assert.match(fault(1024, { fill: { dataPercent: 95, metadataPercent: 1 } }) ?? "", /95 % of its data/);
});

test("a pool is warned of from 80 % of its data or metadata", () => {
  const words = (dataPercent: number, metadataPercent: number) => {
    const pool = { name: "g-pool", kind: "thinPool", fill: { dataPercent, metadataPercent } } as LogicalVolume;
    return fillWords({ name: "g", lvs: [pool, metadata(128)] } as unknown as Group);
  };
  assert.equal(words(79.9, 79.9), undefined);
  assert.match(words(80, 10) ?? "", /has used 80 % of its data;.*lvm\.devices/);
  assert.match(words(10, 96) ?? "", /96 % of its metadata;.*metadataSizeMib/);
});
