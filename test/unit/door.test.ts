import assert from "node:assert/strict";
import test from "node:test";
import type { Difference } from "../../provider/declaration/compare.js";
import { dynamicProvider } from "../../provider/dynamic/adapter.js";
import type { Diff, Resource } from "../../provider/resources/resource.js";

/** A door to a resource that answers every diff like this and echoes all else. */
function doorTo(diff: Omit<Diff, "deleteBeforeReplace">, deleteBeforeReplace = true) {
  const declaration = { name: "Volume", doc: "", inputs: {}, outputs: {} };
  const resource: Resource = {
    foreseenId: () => undefined,
    declaration,
    check: async (_asker, _olds, news) => ({ inputs: news, failures: [] }),
    diff: async () => ({ ...diff, deleteBeforeReplace }),
    create: async (_asker, inputs) => ({
      id: "id",
      outputs: { ...inputs, nothing: undefined, list: [{ none: undefined }] },
    }),
    read: async (asker, id) => ({ id, outputs: { ...asker } }),
    update: async (_asker, _id, _olds, news) => news,
    delete: async () => {},
  };
  return dynamicProvider(async () => resource);
}

const difference = (path: string[], change: Difference["change"]): Difference => ({ path, change, from: 1, to: 2 });
const same: Omit<Diff, "deleteBeforeReplace"> = { differences: [], repair: "none" };

test("an input that is null is not given", async () => {
  const { inputs } = await doorTo(same).check({}, { backend: null, size: 1, __urn: "urn" });
  assert.deepEqual(inputs, { size: 1, __urn: "urn" });
});

test("no difference is no change, a missing part is one", async () => {
  assert.deepEqual(await doorTo(same).diff("id", {}, {}), { changes: false });
  assert.deepEqual(await doorTo({ differences: [], repair: "update" }).diff("id", {}, {}), { changes: true });
});

test("what was never whole is replaced, whatever else differs, and deleted first", async () => {
  for (const differences of [[], [difference(["size"], "grow")]]) {
    const answer = await doorTo({ differences, repair: "replace" }, false).diff("id", {}, {});
    assert.deepEqual(answer, { changes: true, replaces: ["name"], deleteBeforeReplace: true });
  }
});

test("differences leave `changes` to the engine, so that replaceOnChanges works", async () => {
  const answer = await doorTo({ repair: "none", differences: [difference(["size"], "grow")] }).diff("id", {}, {});
  assert.deepEqual(answer, { replaces: [], deleteBeforeReplace: true });
});

test("properties that replace are named once, by their first part", async () => {
  const differences = [
    difference(["lvm", "volumeGroup"], "replace"),
    difference(["lvm", "loopFile", "path"], "replace"),
    difference(["name"], "replace"),
    difference(["size"], "grow"),
  ];
  assert.deepEqual((await doorTo({ repair: "none", differences }).diff("id", {}, {})).replaces, ["lvm", "name"]);
});

test("undefined is left out at any depth, and hidden inputs are echoed", async () => {
  const { outs } = await doorTo(same).create({ size: 1, __urn: "u", __backend: "b", __provider: "p" });
  assert.deepEqual(outs, { size: 1, list: [{}], __urn: "u", __backend: "b" });
  assert.ok(!("nothing" in outs));
});

test("the core is told who asks, and sees no hidden input", async () => {
  const { props } = await doorTo(same).read("id", { __urn: "u", __backend: "b", __provider: "p", size: 1 });
  assert.deepEqual(props, { urn: "u", backendUrn: "b", __urn: "u", __backend: "b" });
  const { props: first } = await doorTo(same).read("id", { __urn: "u", __deletesFirst: true });
  assert.deepEqual(first, { urn: "u", deletesFirst: true, __urn: "u", __deletesFirst: true });
  const { inputs } = await doorTo(same).check({}, { size: 1, __urn: "u" });
  assert.deepEqual(inputs, { size: 1, __urn: "u" });
});
