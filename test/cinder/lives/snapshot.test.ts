import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { assertRefused, converge } from "../../support/cinder/converge.js";
import { type Edits, editAll, roundsOf, type Subjects } from "../../support/cinder/rounds.js";
import type { Declared, Deployment, Program } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";

const bed = cinderBed({ backends: ["faults"] });

const base: Program = [
  { kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: "faults" } } },
  ...["data", "other"].map(
    (name): Declared => ({
      kind: "Volume",
      name,
      backend: "pool",
      inputs: (ref) => ({ backend: ref("pool"), size: 1 }),
    }),
  ),
];

const subjects: Subjects = {
  name: [
    { inputs: { name: "first" }, op: "create", shows: { name: "first", status: "available" }, outputs: { size: 1 } },
    { inputs: { name: " second " }, op: "update", shows: { name: "second" } },
    { inputs: {}, op: "same", shows: { name: "second" } },
  ],
  description: [
    { inputs: {}, op: "create", shows: { description: null } },
    { inputs: { description: "one" }, op: "update", shows: { description: "one" } },
    { inputs: {}, op: "update", shows: { description: "" } },
  ],
  metadata: [
    { inputs: { metadata: { a: "1", b: "2" } }, op: "create", shows: { metadata: { a: "1", b: "2" } } },
    {
      inputs: { metadata: { a: "3" } },
      op: "update",
      shows: { metadata: { a: "3", foreign: "theirs" } },
      lacks: ["b"],
      first: (id) => addMetadata(id),
    },
    { inputs: {}, op: "update", shows: { metadata: { foreign: "theirs" } }, lacks: ["a"] },
  ],
  force: [
    { inputs: {}, op: "create", outputs: { force: true } },
    { inputs: { force: false }, op: "replace", outputs: { force: false } },
  ],
  volume: [
    { inputs: {}, op: "create" },
    { inputs: (ref) => ({ volume: ref("other") }), op: "replace" },
  ],
  timeouts: [
    { inputs: {}, op: "create" },
    { inputs: { timeouts: { create: 60 } }, op: "update", outputs: { timeouts: { create: 60 } } },
  ],
};

describe("a Snapshot", () => {
  let deployment: Deployment;
  const edits: Edits = {
    kind: "Snapshot",
    subjects,
    around: base,
    common: (ref) => ({ volume: ref("data") }),
    show: ({ id }) => bed().show("snapshots", id),
  };
  after(() => deployment.destroy());

  for (let index = 0; index < roundsOf(subjects); index += 1) {
    it(`each input, edit ${index}`, async () => {
      deployment ??= bed().deployment();
      await editAll(deployment, edits, index);
    });
  }

  it("its marks are gone", async () => {
    for (const { kind, id } of deployment.state.values()) {
      if (kind !== "Snapshot") continue;
      const { metadata } = await bed().show("snapshots", id);
      assert.equal(JSON.stringify(metadata).includes("blockbox:"), false);
    }
  });

  const snapshot = (inputs: Props): Declared => ({
    kind: "Snapshot",
    name: "taken",
    inputs: (ref) => ({ volume: ref("data"), ...inputs }),
  });

  it("is taken of a volume in use, but not with force: false, which the preview says", async () => {
    await deployment.up(base);
    const { id } = deployment.get("data");
    const { body } = await bed().raw.attach(id, { host: "theirs", initiator: "iqn.2026-01.org.example:theirs" });
    const attachment = (body as { attachment: { id: string } }).attachment.id;
    await bed().rig.call("POST", `/attachments/${attachment}/action`, { "os-complete": {} });
    bed().proxy.journal.clear();
    await assertRefused(deployment.preview([...base, snapshot({ force: false })]), "force", /attached/);
    assert.deepEqual(bed().proxy.journal.writes(), []);
    await converge(deployment, [...base, snapshot({})], { taken: "create" });
    assert.equal((await bed().show("volumes", id)).status, "in-use");
    const { status, volume_id } = await bed().show("snapshots", deployment.get("taken").id);
    assert.deepEqual({ status, volume_id }, { status: "available", volume_id: id });
    await bed().rig.call("DELETE", `/attachments/${attachment}`);
    // now it may be without
    await converge(deployment, [...base, snapshot({ force: false })], { taken: "replace" });
  });

  it("a volume with a snapshot is not deleted: it is named; a clone goes before the snapshot, that before its volume", async () => {
    const clone: Declared = {
      kind: "Volume",
      name: "clone",
      backend: "pool",
      inputs: (ref) => ({ backend: ref("pool"), snapshotId: ref("taken") }),
    };
    await converge(deployment, [...base, snapshot({ force: false }), clone], { clone: "create" });
    const { id } = deployment.get("taken");
    await assert.rejects(
      deployment.withProvider((provider) => provider.delete(deployment.get("data").id, deployment.get("data").outputs)),
      new RegExp(`snapshot .* \\(${id}\\).*IN_USE`, "s"),
    );
    bed().proxy.journal.clear();
    await deployment.destroy();
    const deleted = bed()
      .proxy.journal.matching("DELETE")
      .map(({ path }) => path.split("/")[2]);
    assert.deepEqual(deleted, ["volumes", "snapshots", "volumes", "volumes", "types"]);
  });
});

async function addMetadata(id: string): Promise<void> {
  const { status } = await bed().rig.call("POST", `/snapshots/${id}/metadata`, { metadata: { foreign: "theirs" } });
  assert.equal(status, 200);
}
