import assert from "node:assert/strict";
import test from "node:test";
import { compare, type Difference } from "../../provider/declaration/compare.js";
import type { Fields } from "../../provider/declaration/property.js";
import { UNKNOWN } from "../../provider/declaration/unknown.js";
import { validate } from "../../provider/declaration/validate.js";
import { resources } from "../../provider/resources/index.js";

type Row = [path: string, from: unknown, to: unknown, change: Difference["change"]];

const common = { cloud: "c", timeouts: { create: 60, update: 60, delete: 60 } };

/** Everything at once, of whichever service it is: properties are compared one by one. */
const samples: Record<string, Record<string, unknown>> = {
  Backend: {
    name: "n",
    lvm: {
      volumeGroup: "vg",
      adopt: false,
      devices: ["/dev/sdx"],
      loopFile: { path: "/a", size: 10, sparse: false },
      thinPool: { size: 8, metadataSizeMib: 16, maxOverSubscriptionRatio: 1 },
      volumeClear: "zero",
      activation: "auto",
    },
    cinder: { volumeBackendName: "b", extraSpecs: { a: "1" }, description: "d", public: true, adopt: false },
    ...common,
  },
  Volume: {
    backend: "lvm:vg",
    volumeType: "t",
    size: 2,
    name: "n",
    description: "d",
    metadata: { a: "1" },
    bootable: false,
    readOnly: false,
    snapshotId: "s",
    sourceVolumeId: "v",
    adopt: { serviceHost: "h@b#p", sourceName: "lv" },
    availabilityZone: "nova",
    schedulerHints: { same_host: "v" },
    retypePolicy: "never",
    cascade: false,
    ...common,
  },
  Snapshot: { volume: "v", name: "n", description: "d", metadata: { a: "1" }, force: true, ...common },
  Attachment: {
    volume: "v",
    size: 2,
    mode: "rw",
    connector: { hostName: "h", initiator: "iqn.2026-01.a.b", ip: "192.0.2.1", multipath: false },
    mount: { path: "/m", fsType: "ext4", options: [], format: "ifBlank" },
    ...common,
  },
};

/** Which cloud it is in is what it is; how long it may take is not. */
const ofCommon: Row[] = [
  ["cloud", "c", "d", "replace"],
  ["cloud", undefined, "c", "replace"],
  ["timeouts.create", 60, 61, "inPlace"],
  ["timeouts.update", 60, undefined, "inPlace"],
  ["timeouts.delete", undefined, 60, "inPlace"],
  ["timeouts", { create: 60 }, undefined, "inPlace"],
];

/** What a change of each declared property means: one row or more for every one of them. */
const table: Record<string, Row[]> = {
  Backend: [
    ["name", "n", "m", "replace"],
    ["lvm.volumeGroup", "vg", "other", "replace"],
    ["lvm.loopFile.path", "/a", "/b", "replace"],
    ["lvm.loopFile.size", 10, 11, "grow"],
    ["lvm.loopFile.size", 10, 9, "shrink"],
    ["lvm.loopFile.size", 10, UNKNOWN, "grow"],
    ["lvm.loopFile.sparse", false, true, "inPlace"],
    ["lvm.loopFile", { path: "/a" }, undefined, "replace"],
    ["lvm.loopFile", undefined, { path: "/a" }, "replace"],
    ["lvm.loopFile", undefined, UNKNOWN, "inPlace"],
    ["lvm.adopt", false, true, "inPlace"],
    ["lvm.devices", ["/dev/sdx"], ["/dev/sdx", "/dev/sdy"], "inPlace"],
    ["lvm.thinPool", true, false, "inPlace"],
    ["lvm.thinPool", undefined, { maxOverSubscriptionRatio: 1 }, "inPlace"],
    ["lvm.thinPool.size", 8, 9, "grow"],
    ["lvm.thinPool.size", 8, 7, "shrink"],
    ["lvm.thinPool.size", 8, undefined, "grow"],
    ["lvm.thinPool.metadataSizeMib", 16, 17, "grow"],
    ["lvm.thinPool.metadataSizeMib", 16, 15, "shrink"],
    ["lvm.thinPool.maxOverSubscriptionRatio", 1, 2, "inPlace"],
    ["lvm.volumeClear", "zero", "none", "inPlace"],
    ["lvm.activation", "auto", "loop", "inPlace"],
    ["cinder.volumeBackendName", "b", undefined, "inPlace"],
    ["cinder.extraSpecs", { a: "1" }, {}, "inPlace"],
    ["cinder.description", "d", "e", "inPlace"],
    ["cinder.public", true, false, "inPlace"],
    ["cinder.serviceHost", undefined, "h@b", "inPlace"],
    ["cinder.adopt", false, true, "inPlace"],
    ["cinder", { adopt: false }, UNKNOWN, "inPlace"],
    ["cinder", undefined, { adopt: false }, "replace"],
    ["cinder", { adopt: false }, undefined, "replace"],
    ["lvm", { volumeGroup: "vg" }, undefined, "replace"],
    ...ofCommon,
  ],
  Volume: [
    ["backend", "lvm:vg", "lvm:other", "replace"],
    ["backend", "lvm:vg", UNKNOWN, "replace"],
    ["backend", "lvm:vg", "cinder:t", "replace"],
    ["backend", "lvm:vg", undefined, "replace"],
    ["backend", "cinder:t", "cinder:u", "inPlace"],
    ["backend", "cinder:t", UNKNOWN, "inPlace"],
    ["backend", "cinder:t", undefined, "inPlace"],
    ["backend", "cinder:t", "lvm:vg", "replace"],
    ["backend", undefined, "cinder:t", "inPlace"],
    ["backend", undefined, UNKNOWN, "inPlace"],
    ["backend", undefined, "lvm:vg", "replace"],
    ["volumeType", "t", "u", "inPlace"],
    ["volumeType", undefined, "t", "inPlace"],
    ["bootable", false, true, "inPlace"],
    ["readOnly", false, true, "inPlace"],
    ["snapshotId", "s", "r", "replace"],
    ["snapshotId", undefined, "s", "replace"],
    ["snapshotId", "s", UNKNOWN, "replace"],
    ["snapshotId", "s", undefined, "inPlace"],
    ["sourceVolumeId", "v", "w", "replace"],
    ["sourceVolumeId", undefined, "v", "replace"],
    ["sourceVolumeId", "v", undefined, "inPlace"],
    ["adopt.serviceHost", "h@b#p", "h@b#q", "inPlace"],
    ["adopt.sourceName", "lv", "other", "inPlace"],
    ["adopt", { serviceHost: "h@b#p", sourceName: "lv" }, undefined, "inPlace"],
    ["availabilityZone", "nova", "other", "replace"],
    ["schedulerHints", { same_host: "v" }, undefined, "replace"],
    ["retypePolicy", "never", "onDemand", "inPlace"],
    ["cascade", false, true, "inPlace"],
    ...ofCommon,
    ["size", 2, 3, "grow"],
    ["size", 2, 1, "shrink"],
    ["name", "n", "m", "inPlace"],
    ["description", "d", undefined, "inPlace"],
    ["description", undefined, "d", "inPlace"],
    ["metadata", { a: "1" }, { a: "2" }, "inPlace"],
    ["metadata", { a: "1" }, {}, "inPlace"],
  ],
  Snapshot: [
    ["volume", "v", "w", "replace"],
    ["name", "n", "m", "inPlace"],
    ["description", "d", undefined, "inPlace"],
    ["metadata", { a: "1" }, {}, "inPlace"],
    ["force", true, false, "replace"],
    ...ofCommon,
  ],
  Attachment: [
    ["volume", "v", "w", "replace"],
    ["size", 2, 3, "grow"],
    ["size", 2, 1, "shrink"],
    ["mode", "rw", "ro", "replace"],
    ["connector.hostName", "h", "i", "replace"],
    ["connector.initiator", "iqn.2026-01.a.b", "iqn.2026-01.a.c", "replace"],
    ["connector.ip", "192.0.2.1", undefined, "replace"],
    ["connector.multipath", false, true, "replace"],
    ["connector", undefined, { hostName: "h", initiator: "iqn.2026-01.a.b", multipath: false }, "replace"],
    ["mount.path", "/m", "/n", "inPlace"],
    ["mount.fsType", "ext4", "xfs", "inPlace"],
    ["mount.options", [], ["noatime"], "inPlace"],
    ["mount.format", "ifBlank", "never", "inPlace"],
    ["mount", undefined, { path: "/m", fsType: "ext4", options: [], format: "ifBlank" }, "inPlace"],
    ["mount", { path: "/m", fsType: "ext4", options: [], format: "ifBlank" }, undefined, "inPlace"],
    ...ofCommon,
  ],
};

test("every resource has its table", () => {
  assert.deepEqual(Object.keys(table), Object.keys(resources));
});

for (const [name, rows] of Object.entries(table)) {
  const fields = resources[name]?.declaration.inputs ?? {};
  for (const [path, from, to, change] of rows) {
    test(`${name}.${path} from ${JSON.stringify(from)} to ${JSON.stringify(to)}: ${change}`, () => {
      const sample = samples[name] ?? {};
      const differences = compare(fields, withValue(sample, path, from), withValue(sample, path, to));
      assert.deepEqual(differences, [{ path: path.split("."), change, from, to }]);
    });
  }

  test(`${name}: the table has every property, and nothing differs from itself`, () => {
    const leaves = pathsOf(fields);
    const rowed = new Set(rows.map(([path]) => path));
    assert.deepEqual(
      leaves.filter((path) => !rowed.has(path)),
      [],
    );
    assert.deepEqual(compare(fields, samples[name] ?? {}, structuredClone(samples[name] ?? {})), []);
  });
}

const resolved = [
  ["Attachment", "size"],
  ["Volume", "size"],
  ["Volume", "bootable"],
  ["Volume", "availabilityZone"],
] as const;

for (const [name, property] of resolved) {
  test(`${name}.${property}, which create resolved, is not changed by being left out`, () => {
    const fields = resources[name]?.declaration.inputs ?? {};
    const { [property]: _left, ...news } = samples[name] ?? {};
    assert.deepEqual(compare(fields, samples[name] ?? {}, news), []);
  });
}

test("a Backend that moves to the other service is replaced, whichever way", () => {
  const fields = resources.Backend?.declaration.inputs ?? {};
  const { lvm, cinder, ...rest } = samples.Backend ?? {};
  const [withLvm, withCinder] = [
    { ...rest, lvm },
    { ...rest, cinder },
  ];
  for (const [olds, news] of [[withLvm, withCinder] as const, [withCinder, withLvm] as const]) {
    const replacing = compare(fields, olds, news).filter(({ change }) => change === "replace");
    assert.deepEqual([...new Set(replacing.map(({ path }) => path[0]))], ["lvm", "cinder"]);
  }
});

test("a property that an older state does not have counts as its default", () => {
  const fields = resources.Volume?.declaration.inputs ?? {};
  const { metadata: _absent, ...olds } = samples.Volume ?? {};
  assert.deepEqual(compare(fields, olds, { ...olds, metadata: {} }), []);
  assert.equal(compare(fields, olds, { ...olds, metadata: { a: "1" } }).length, 1);
});

test("what a release before Cinder recorded of a volume or group differs in nothing new", () => {
  const older: Record<string, Record<string, unknown>> = {
    Backend: { name: "n", lvm: samples.Backend?.lvm, kind: "lvm", devices: ["/dev/loop7"] },
    Volume: { backend: "lvm:vg", size: 2, name: "n", metadata: {} },
    Attachment: { volume: "vg/volume-00000000-0000-4000-8000-000000000000", size: 2, mode: "rw" },
  };
  for (const [name, olds] of Object.entries(older)) {
    const { inputs, failures } = validate(resources[name]?.declaration.inputs ?? {}, inputsOf(name, olds), {
      olds,
      autoName: "n-0123456",
      service: "lvm",
    });
    assert.deepEqual(failures, []);
    assert.deepEqual(compare(resources[name]?.declaration.inputs ?? {}, olds, inputs), []);
  }
});

/** What a program gave, of what state records. */
function inputsOf(name: string, recorded: Record<string, unknown>): Record<string, unknown> {
  const inputs = resources[name]?.declaration.inputs ?? {};
  return Object.fromEntries(Object.entries(recorded).filter(([property]) => property in inputs));
}

function pathsOf(fields: Fields, prefix = ""): string[] {
  return Object.entries(fields).flatMap(([name, { type }]) =>
    type.object ? pathsOf(type.object.fields, `${prefix}${name}.`) : [`${prefix}${name}`],
  );
}

function withValue(sample: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const [name = "", ...rest] = path.split(".");
  const inner = rest.length === 0 ? value : withValue(sample[name] as Record<string, unknown>, rest.join("."), value);
  return { ...sample, [name]: inner };
}
