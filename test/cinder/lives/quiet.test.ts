import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { ops } from "../../support/cinder/converge.js";
import type { Declared, Deployment, Program } from "../../support/deployment.js";

const bed = cinderBed({ backends: ["faults"] });

const names = ["one", "two", "three"];
const program: Program = [
  { kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: "faults", serviceHost: "rig@faults" } } },
  ...names.map(
    (name): Declared => ({
      kind: "Volume",
      name,
      backend: "pool",
      inputs: (ref) => ({ backend: ref("pool"), size: 1, metadata: { a: "1" } }),
    }),
  ),
  { kind: "Volume", name: "plain", inputs: { volumeType: "__DEFAULT__", size: 1, bootable: true } },
  { kind: "Snapshot", name: "snap", inputs: (ref) => ({ volume: ref("one") }) },
  {
    kind: "Volume",
    name: "copy",
    backend: "pool",
    inputs: (ref) => ({ backend: ref("pool"), snapshotId: ref("snap") }),
  },
  {
    kind: "Attachment",
    name: "disk",
    inputs: (ref) => ({
      volume: ref("two"),
      connector: { hostName: "a", initiator: "iqn.2026-01.org.example:a" },
    }),
  },
];

describe("what does not change asks for nothing", () => {
  let deployment: Deployment;
  const journal = () => bed().proxy.journal;
  const same = Object.fromEntries(program.map(({ name }) => [name, "same"]));
  before(async () => {
    deployment = bed().deployment();
    await deployment.up(program);
  });
  after(() => deployment.destroy());

  it("each mark is taken off once, and the note of the attachment", () => {
    const unmarked = journal().matching("DELETE", /\/metadata\//);
    assert.deepEqual(
      unmarked.map(({ path, status }) => [path.split("/").slice(2, 4).join("/"), status]).sort(),
      [
        ...[...names, "plain", "copy", "two"].map((name) => [`volumes/${deployment.get(name).id}`, 200]),
        [`snapshots/${deployment.get("snap").id}`, 200],
      ].sort(),
    );
  });

  for (const when of ["after an update", "after a refresh"]) {
    it(`a preview and an update without a change send nothing, ${when}`, async () => {
      if (when === "after a refresh") assert.deepEqual(await deployment.refresh(), []);
      journal().clear();
      assert.deepEqual(ops(await deployment.preview(program)), same);
      assert.deepEqual(ops(await deployment.up(program)), same);
      assert.deepEqual(
        journal().requests.map(({ method, path }) => `${method} ${path}`),
        [],
      );
    });
  }

  it("a refresh reads, and writes nothing", async () => {
    journal().clear();
    await deployment.refresh();
    assert.ok(journal().count("GET") > 0);
    assert.deepEqual(journal().writes(), []);
  });
});
