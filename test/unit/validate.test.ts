import assert from "node:assert/strict";
import test from "node:test";
import type { Service } from "../../provider/declaration/property.js";
import { UNKNOWN } from "../../provider/declaration/unknown.js";
import { validate } from "../../provider/declaration/validate.js";
import { resources } from "../../provider/resources/index.js";

const fieldsOf = (name: string) => resources[name]?.declaration.inputs ?? {};

function check(name: string, news: Record<string, unknown>, { olds = {}, service = "lvm" }: Circumstances = {}) {
  return validate(fieldsOf(name), news, { olds, autoName: "pool-0123456", service });
}

interface Circumstances {
  olds?: Record<string, unknown>;
  service?: Service;
}

test("a Backend without inputs is the embedded default, named after its identity", () => {
  assert.deepEqual(check("Backend", {}), {
    failures: [],
    inputs: {
      name: "pool-0123456",
      lvm: {
        volumeGroup: "pool-0123456",
        adopt: false,
        devices: [],
        loopFile: { path: "/var/lib/blockbox/pool-0123456.img", size: 10, sparse: false },
        volumeClear: "zero",
        activation: "auto",
      },
    },
  });
});

test("a Backend and a Volume in Cinder have their defaults, and none of LVM's", () => {
  assert.deepEqual(check("Backend", { cinder: {} }, { service: "cinder" }).inputs, {
    name: "pool-0123456",
    cinder: { extraSpecs: {}, adopt: false },
  });
  assert.deepEqual(check("Volume", { size: 1 }, { service: "cinder" }).inputs, {
    size: 1,
    name: "pool-0123456",
    metadata: {},
    readOnly: false,
    retypePolicy: "never",
    cascade: false,
  });
});

test("a Volume in LVM has none of Cinder's defaults", () => {
  assert.deepEqual(check("Volume", { backend: "lvm:a", size: 1 }).inputs, {
    backend: "lvm:a",
    size: 1,
    name: "pool-0123456",
    metadata: {},
    readOnly: false,
    cascade: false,
  });
});

test("as long as the service is unknown, only the defaults that both have are filled in, and nothing is meaningless", () => {
  const news = { backend: UNKNOWN, size: 1, bootable: true };
  const scope = { olds: {}, autoName: "data-0123456", service: undefined };
  assert.deepEqual(validate(fieldsOf("Volume"), news, scope), {
    failures: [],
    inputs: { ...news, name: "data-0123456", metadata: {}, readOnly: false, cascade: false },
  });
});

test("a Snapshot may be taken of an attached volume, a connector has one path", () => {
  const snapshot = check("Snapshot", { volume: uuid }, { service: "cinder" });
  assert.deepEqual(snapshot.inputs, { volume: uuid, name: "pool-0123456", metadata: {}, force: true });
  const connector = { hostName: "h", initiator: "iqn.2026-01.org.example:h" };
  const { inputs } = check("Attachment", { volume: uuid, connector }, { service: "cinder" });
  assert.deepEqual(inputs, { volume: uuid, mode: "rw", connector: { ...connector, multipath: false } });
});

const uuid = "00000000-0000-4000-8000-000000000000";
const onlyLvm = "is only with LVM, and this is of Cinder: leave it out";
const onlyCinder = "is only with Cinder, and this is of LVM: leave it out";

/** Resource, its service, its inputs, and every input that is the other service's. */
const meaningless: [string, Service, Record<string, unknown>, string[]][] = [
  ["Backend", "cinder", { cinder: {}, lvm: {} }, ["lvm"]],
  ["Backend", "cinder", { cinder: {}, lvm: UNKNOWN }, ["lvm"]],
  ["Backend", "lvm", { cinder: {} }, ["cinder"]],
  ["Backend", "lvm", { cloud: "c", timeouts: { create: 60 } }, ["cloud", "timeouts"]],
  ["Volume", "lvm", { backend: "lvm:a", size: 1, volumeType: "t", bootable: false }, ["volumeType"]],
  ["Volume", "lvm", { backend: "lvm:a", adopt: { serviceHost: "h@b#p", sourceName: "lv" } }, ["adopt"]],
  [
    "Volume",
    "lvm",
    { backend: "lvm:a", availabilityZone: "z", schedulerHints: {} },
    ["availabilityZone", "schedulerHints"],
  ],
  ["Volume", "lvm", { backend: "lvm:a", readOnly: true, retypePolicy: "never", cascade: true }, ["retypePolicy"]],
  [
    "Attachment",
    "lvm",
    { volume: `vg/volume-${uuid}`, connector: { hostName: "h", initiator: "iqn.2026-01.a.b" } },
    ["connector"],
  ],
];

for (const [name, service, news, properties] of meaningless) {
  test(`${name} ${JSON.stringify(news)} with ${service}: ${properties} mean nothing there`, () => {
    const reason = service === "lvm" ? onlyCinder : onlyLvm;
    const { failures } = check(name, news, { service });
    assert.deepEqual(failures.sort(byName), properties.map((property) => ({ property, reason })).sort(byName));
  });
}

function byName(a: { property: string }, b: { property: string }): number {
  return a.property < b.property ? -1 : 1;
}

test("an auto-name stays what it was", () => {
  assert.equal(check("Backend", {}, { olds: { name: "older" } }).inputs.name, "older");
});

test("defaults do not share what they are made of", () => {
  const [first, second] = [
    check("Volume", { backend: "lvm:a", size: 1 }),
    check("Volume", { backend: "lvm:a", size: 1 }),
  ];
  assert.notEqual(first.inputs.metadata, second.inputs.metadata);
});

test("what is unknown passes through untouched, at any depth and wherever a number, list or object is expected", () => {
  const cases: [string, Record<string, unknown>][] = [
    ["Backend", { name: UNKNOWN, lvm: UNKNOWN }],
    [
      "Backend",
      { name: "n", lvm: { volumeGroup: UNKNOWN, loopFile: { path: UNKNOWN, size: UNKNOWN, sparse: UNKNOWN } } },
    ],
    ["Volume", { backend: UNKNOWN, size: UNKNOWN, metadata: UNKNOWN }],
    ["Volume", { backend: "lvm:a", size: 1, metadata: { key: UNKNOWN, other: "b" } }],
    ["Attachment", { volume: UNKNOWN, size: UNKNOWN, mount: { path: UNKNOWN, options: ["noatime", UNKNOWN] } }],
    ["Attachment", { volume: UNKNOWN, mode: UNKNOWN, mount: UNKNOWN }],
  ];
  for (const [name, news] of cases) {
    const { inputs, failures } = check(name, news);
    assert.deepEqual(failures, []);
    assert.deepEqual(intersection(inputs, news), news);
  }
});

test("a default that would come from an unknown is unknown itself", () => {
  const { inputs } = check("Backend", { name: UNKNOWN });
  const lvm = inputs.lvm as { volumeGroup: unknown; loopFile: { path: unknown; size: unknown } };
  assert.deepEqual([lvm.volumeGroup, lvm.loopFile.path, lvm.loopFile.size], [UNKNOWN, UNKNOWN, 10]);
});

test("a Backend has a file by itself only where nothing else is said to be its devices", () => {
  const loopFile = (given: object) => (check("Backend", { lvm: given }).inputs.lvm as { loopFile?: unknown }).loopFile;
  assert.equal(loopFile({ devices: ["/dev/sdx"] }), undefined);
  assert.equal(loopFile({ devices: ["/dev/sdx", UNKNOWN] }), undefined);
  assert.equal(loopFile({ adopt: true }), undefined);
  assert.equal(loopFile({ devices: UNKNOWN }), UNKNOWN);
  const own = { path: "/var/lib/blockbox/pool-0123456.img", size: 10, sparse: false };
  assert.deepEqual(loopFile({ devices: [] }), own);
  assert.deepEqual(loopFile({ devices: ["/dev/sdx"], loopFile: {} }), own);
});

test("known parts beside unknown ones are still checked", () => {
  const { failures } = check("Volume", { backend: UNKNOWN, size: 0, metadata: { good: UNKNOWN, bad: 5 } });
  assert.deepEqual(
    failures.map(({ property }) => property),
    ["size", "metadata.bad"],
  );
});

test("names are trimmed; descriptions keep their lines", () => {
  const { inputs } = check("Volume", { backend: "lvm:a", size: 1, name: "  a b ", description: "one\n\ttwo" });
  assert.deepEqual([inputs.name, inputs.description], ["a b", "one\n\ttwo"]);
});

test("paths are normalized", () => {
  const { inputs } = check("Attachment", { volume: volumeId, mount: { path: "/mnt//data/" } });
  assert.equal((inputs.mount as { path: string }).path, "/mnt/data");
});

test("a read-only attachment never formats unless told to, which is refused later", () => {
  const { inputs } = check("Attachment", { volume: volumeId, mode: "ro", mount: { path: "/mnt/data" } });
  assert.equal((inputs.mount as { format: string }).format, "never");
});

const volumeId = "vg/volume-00000000-0000-4000-8000-000000000000";

/** property → what is wrong → the failure's path and a part of its reason. */
const refused: [string, Record<string, unknown>, string, RegExp][] = [
  ["Volume", { backend: "a", size: 1 }, "backend", /lvm:<volume group> or cinder:<volume type>/],
  ["Volume", { backend: "lvm:../a", size: 1 }, "backend", /lvm:<volume group>/],
  ["Volume", { backend: "lvm:a", size: "1" }, "size", /whole number of GiB/],
  ["Volume", { backend: "lvm:a", size: 1.5 }, "size", /whole number of GiB/],
  ["Volume", { backend: "lvm:a", size: Number.NaN }, "size", /whole number of GiB/],
  ["Volume", { backend: "lvm:a", size: 1e9 }, "size", /at most/],
  ["Volume", { backend: "lvm:a", size: 1, name: " " }, "name", /must not be empty/],
  ["Volume", { backend: "lvm:a", size: 1, name: "a\u0007" }, "name", /control characters/],
  ["Volume", { backend: "lvm:a", size: 1, metadata: { "": "b" } }, "metadata.", /empty key/],
  ["Volume", { backend: "lvm:a", size: 1, metadata: ["b"] }, "metadata", /must be a map/],
  ["Volume", { backend: "lvm:a", size: 1, sise: 2 }, "sise", /is not known here; known are backend, volumeType, size/],
  ["Backend", { lvm: "x" }, "lvm", /must be an object with volumeGroup/],
  ["Backend", { lvm: { loopFile: { sice: 1 } } }, "lvm.loopFile.sice", /known are path, size, sparse/],
  ["Backend", { lvm: { volumeGroup: "-a" } }, "lvm.volumeGroup", /hyphen/],
  ["Backend", { lvm: { loopFile: { path: "a.img" } } }, "lvm.loopFile.path", /begin it with \//],
  ["Attachment", {}, "volume", /^is required\./],
  ["Attachment", { volume: null }, "volume", /^is required\./],
  ["Attachment", { volume: "vg/lv" }, "volume", /<volume group>\/volume-<uuid>/],
  ["Attachment", { volume: volumeId, mode: "w" }, "mode", /must be "rw" or "ro"/],
  ["Attachment", { volume: volumeId, mount: {} }, "mount.path", /^is required\./],
  ["Attachment", { volume: volumeId, mount: { path: "/a/../b" } }, "mount.path", /\.\. parts/],
  ["Attachment", { volume: volumeId, mount: { path: "/a", options: ["a,b"] } }, "mount.options.0", /one option/],
  ["Attachment", { volume: volumeId, mount: { path: "/a", options: ["remount"] } }, "mount.options.0", /not for you/],
];

const connector = { hostName: "h", initiator: "iqn.2026-01.org.example:h" };
const adopt = { serviceHost: "h@b#p", sourceName: "lv" };

/** The same of what only Cinder has. */
const refusedWithCinder: typeof refused = [
  ["Backend", { cinder: "x" }, "cinder", /must be an object with volumeBackendName/],
  ["Backend", { cinder: { volumeBackendName: "" } }, "cinder.volumeBackendName", /must not be empty/],
  ["Backend", { cinder: { extraSpecs: { "a/b": "1" } } }, "cinder.extraSpecs.a/b", /Cinder does not take/],
  ["Backend", { cinder: { extraSpecs: { "blockbox:a": "1" } } }, "cinder.extraSpecs.blockbox:a", /kept for our own/],
  [
    "Backend",
    { cinder: { extraSpecs: { volume_backend_name: "b" } } },
    "cinder.extraSpecs.volume_backend_name",
    /volumeBackendName instead/,
  ],
  ["Backend", { cinder: { extraSpecs: { a: 1 } } }, "cinder.extraSpecs.a", /must be a string/],
  ["Backend", { cinder: { public: "yes" } }, "cinder.public", /true or false/],
  ["Backend", { cinder: { serviceHost: "h@b#p" } }, "cinder.serviceHost", /<host>@<backend>, as in/],
  ["Backend", { cinder: {}, cloud: "" }, "cloud", /clouds\.yaml/],
  ["Backend", { cinder: {}, timeouts: { create: 0 } }, "timeouts.create", /1 to 86400 \(given: 0\)/],
  ["Backend", { cinder: {}, timeouts: { read: 5 } }, "timeouts.read", /known are create, update, delete/],
  ["Volume", { backend: "cinder:" }, "backend", /cinder:<volume type>/],
  ["Volume", { volumeType: "" }, "volumeType", /must not be empty/],
  [
    "Volume",
    { snapshotId: uuid.replaceAll("-", "") },
    "snapshotId",
    /the id of a Snapshot: <volume group>.*or with Cinder a UUID/,
  ],
  ["Volume", { sourceVolumeId: `vg/_snapshot-${uuid}` }, "sourceVolumeId", /the id of a Volume: <volume group>/],
  ["Volume", { adopt: { ...adopt, serviceHost: "h@b" } }, "adopt.serviceHost", /<host>@<backend>#<pool>/],
  ["Volume", { adopt: { serviceHost: "h@b#p" } }, "adopt.sourceName", /^is required\./],
  ["Volume", { schedulerHints: { "": "x" } }, "schedulerHints.", /empty key/],
  ["Volume", { retypePolicy: "on-demand" }, "retypePolicy", /must be "never" or "onDemand"/],
  ["Snapshot", {}, "volume", /^is required\./],
  ["Snapshot", { volume: `vg/lv-${uuid}` }, "volume", /<volume group>\/volume-<uuid>, or a UUID with Cinder/],
  ["Attachment", { volume: uuid.replace("0", "A") }, "volume", /a UUID with Cinder/],
  ["Attachment", { volume: uuid, connector: {} }, "connector.hostName", /^is required\./],
  ["Attachment", { volume: uuid, connector: { ...connector, hostName: "a b" } }, "connector.hostName", /host name/],
  ["Attachment", { volume: uuid, connector: { ...connector, initiator: "iqn" } }, "connector.initiator", /iSCSI name/],
  [
    "Attachment",
    { volume: uuid, connector: { ...connector, ip: "localhost" } },
    "connector.ip",
    /must be an IP address/,
  ],
];

for (const [name, news, property, reason] of [...refused, ...refusedWithCinder]) {
  test(`${name} ${JSON.stringify(news)} is refused at ${property}`, () => {
    const service = refused.some((row) => row[1] === news) ? "lvm" : "cinder";
    const [failure, ...more] = check(name, news, { service }).failures.filter((one) => one.property === property);
    assert.deepEqual(more, []);
    assert.match(failure?.reason ?? "", reason);
  });
}

/** The parts of a value that a pattern has too. */
function intersection(value: unknown, pattern: unknown): unknown {
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern)) return value;
  const of = value as Record<string, unknown>;
  return Object.fromEntries(Object.entries(pattern).map(([key, inner]) => [key, intersection(of[key], inner)]));
}

test("the value of a nested property is told with its failure, as Pulumi does not show it; that of a map's key is not", () => {
  const nested = check("Backend", { lvm: { loopFile: { size: 1.5 } } }).failures;
  assert.deepEqual(
    nested.map(({ reason }) => reason),
    ["must be a whole number of GiB, at least 1 (given: 1.5)"],
  );
  const { failures } = check("Volume", { backend: "lvm:a", size: 1, metadata: { key: 5, other: UNKNOWN } });
  assert.deepEqual(failures, [{ property: "metadata.key", reason: "must be a string" }]);
});
