import assert from "node:assert/strict";
import test from "node:test";
import { compare, type Difference } from "../../provider/declaration/compare.js";
import type { Fields } from "../../provider/declaration/property.js";
import { UNKNOWN } from "../../provider/declaration/unknown.js";
import { resources } from "../../provider/resources/index.js";

type Row = [path: string, from: unknown, to: unknown, change: Difference["change"]];

const samples: Record<string, Record<string, unknown>> = {
  Backend: {
    name: "n",
    lvm: { volumeGroup: "vg", loopFile: { path: "/a", size: 10, sparse: false }, volumeClear: "zero" },
  },
  Volume: { backend: "lvm:vg", size: 2, name: "n", description: "d", metadata: { a: "1" } },
  Attachment: {
    volume: "v",
    size: 2,
    mode: "rw",
    mount: { path: "/m", fsType: "ext4", options: [], format: "ifBlank" },
  },
};

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
    ["lvm.volumeClear", "zero", "none", "inPlace"],
  ],
  Volume: [
    ["backend", "lvm:vg", "lvm:other", "replace"],
    ["backend", "lvm:vg", UNKNOWN, "replace"],
    ["size", 2, 3, "grow"],
    ["size", 2, 1, "shrink"],
    ["name", "n", "m", "inPlace"],
    ["description", "d", undefined, "inPlace"],
    ["description", undefined, "d", "inPlace"],
    ["metadata", { a: "1" }, { a: "2" }, "inPlace"],
    ["metadata", { a: "1" }, {}, "inPlace"],
  ],
  Attachment: [
    ["volume", "v", "w", "replace"],
    ["size", 2, 3, "grow"],
    ["size", 2, 1, "shrink"],
    ["mode", "rw", "ro", "replace"],
    ["mount.path", "/m", "/n", "inPlace"],
    ["mount.fsType", "ext4", "xfs", "inPlace"],
    ["mount.options", [], ["noatime"], "inPlace"],
    ["mount.format", "ifBlank", "never", "inPlace"],
    ["mount", undefined, { path: "/m", fsType: "ext4", options: [], format: "ifBlank" }, "inPlace"],
    ["mount", { path: "/m", fsType: "ext4", options: [], format: "ifBlank" }, undefined, "inPlace"],
  ],
};

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

test("a size that create resolved is not changed by being left out", () => {
  const fields = resources.Attachment?.declaration.inputs ?? {};
  const { size: _left, ...news } = samples.Attachment ?? {};
  assert.deepEqual(compare(fields, samples.Attachment ?? {}, news), []);
});

test("a property that an older state does not have counts as its default", () => {
  const fields = resources.Volume?.declaration.inputs ?? {};
  const { metadata: _absent, ...olds } = samples.Volume ?? {};
  assert.deepEqual(compare(fields, olds, { ...olds, metadata: {} }), []);
  assert.equal(compare(fields, olds, { ...olds, metadata: { a: "1" } }).length, 1);
});

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
