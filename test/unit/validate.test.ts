import assert from "node:assert/strict";
import test from "node:test";
import { UNKNOWN } from "../../provider/declaration/unknown.js";
import { validate } from "../../provider/declaration/validate.js";
import { resources } from "../../provider/resources/index.js";

const fieldsOf = (name: string) => resources[name]?.declaration.inputs ?? {};

function check(name: string, news: Record<string, unknown>, olds: Record<string, unknown> = {}) {
  return validate(fieldsOf(name), news, { olds, autoName: "pool-0123456" });
}

test("a Backend without inputs is the embedded default, named after its identity", () => {
  assert.deepEqual(check("Backend", {}), {
    failures: [],
    inputs: {
      name: "pool-0123456",
      lvm: {
        volumeGroup: "pool-0123456",
        loopFile: { path: "/var/lib/blockbox/pool-0123456.img", size: 10, sparse: false },
        volumeClear: "zero",
      },
    },
  });
});

test("an auto-name stays what it was", () => {
  assert.equal(check("Backend", {}, { name: "older" }).inputs.name, "older");
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
  ["Volume", {}, "backend", /^is required\./],
  ["Volume", { backend: "lvm:a" }, "size", /^is required\./],
  ["Volume", { backend: "lvm:a", size: null }, "size", /^is required\./],
  ["Volume", { backend: "a", size: 1 }, "backend", /lvm:<volume group>/],
  ["Volume", { backend: "lvm:../a", size: 1 }, "backend", /lvm:<volume group>/],
  ["Volume", { backend: "lvm:a", size: "1" }, "size", /whole number of GiB/],
  ["Volume", { backend: "lvm:a", size: 1.5 }, "size", /whole number of GiB/],
  ["Volume", { backend: "lvm:a", size: Number.NaN }, "size", /whole number of GiB/],
  ["Volume", { backend: "lvm:a", size: 1e9 }, "size", /at most/],
  ["Volume", { backend: "lvm:a", size: 1, name: " " }, "name", /must not be empty/],
  ["Volume", { backend: "lvm:a", size: 1, name: "a\u0007" }, "name", /control characters/],
  ["Volume", { backend: "lvm:a", size: 1, metadata: { "": "b" } }, "metadata.", /empty key/],
  ["Volume", { backend: "lvm:a", size: 1, metadata: ["b"] }, "metadata", /must be a map/],
  ["Volume", { backend: "lvm:a", size: 1, sise: 2 }, "sise", /is not known here; known are backend, size/],
  ["Backend", { lvm: "x" }, "lvm", /must be an object with volumeGroup/],
  ["Backend", { lvm: { loopFile: { sice: 1 } } }, "lvm.loopFile.sice", /known are path, size, sparse/],
  ["Backend", { lvm: { volumeGroup: "-a" } }, "lvm.volumeGroup", /hyphen/],
  ["Backend", { lvm: { loopFile: { path: "a.img" } } }, "lvm.loopFile.path", /begin it with \//],
  ["Attachment", { volume: "vg/lv" }, "volume", /<volume group>\/volume-<uuid>/],
  ["Attachment", { volume: volumeId, mode: "w" }, "mode", /must be "rw" or "ro"/],
  ["Attachment", { volume: volumeId, mount: {} }, "mount.path", /^is required\./],
  ["Attachment", { volume: volumeId, mount: { path: "/a/../b" } }, "mount.path", /\.\. parts/],
  ["Attachment", { volume: volumeId, mount: { path: "/a", options: ["a,b"] } }, "mount.options.0", /one option/],
  ["Attachment", { volume: volumeId, mount: { path: "/a", options: ["remount"] } }, "mount.options.0", /not for you/],
];

for (const [name, news, property, reason] of refused) {
  test(`${name} ${JSON.stringify(news)} is refused at ${property}`, () => {
    const [failure, ...more] = check(name, news).failures.filter((one) => one.property === property);
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
