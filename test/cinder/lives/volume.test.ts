import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { type Edits, editAll, roundsOf, type Subjects } from "../../support/cinder/rounds.js";
import type { Deployment, Program } from "../../support/deployment.js";

const bed = cinderBed({ backends: ["faults"] });

const pool: Program = [{ kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: "faults" } } }];

/** Each property by itself: set, changed, taken away again. */
const subjects: Subjects = {
  name: [
    { inputs: { name: "first" }, op: "create", shows: { name: "first" } },
    { inputs: { name: "second" }, op: "update", shows: { name: "second" } },
    { inputs: { name: "  third  " }, op: "update", shows: { name: "third" }, outputs: { name: "third" } },
    // what it was called last is as good as a name of our own making
    { inputs: {}, op: "same", shows: { name: "third" } },
  ],
  description: [
    { inputs: {}, op: "create", shows: { description: null } },
    { inputs: { description: "one" }, op: "update", shows: { description: "one" } },
    { inputs: { description: "two\nlines" }, op: "update", shows: { description: "two\nlines" } },
    { inputs: {}, op: "update", shows: { description: "" } },
  ],
  metadata: [
    { inputs: { metadata: { a: "1", b: "2" } }, op: "create", shows: { metadata: { a: "1", b: "2" } } },
    {
      inputs: { metadata: { a: "3", c: "" } },
      op: "update",
      shows: { metadata: { a: "3", c: "", foreign: "theirs" } },
      lacks: ["b"],
      first: (id) => addMetadata(id, { foreign: "theirs" }),
    },
    // Cinder's own keys come with read-only and with attachments.
    {
      inputs: { metadata: { "with space:_-.": "x" } },
      op: "update",
      shows: { metadata: { "with space:_-.": "x", foreign: "theirs", readonly: "False", attached_mode: "rw" } },
      lacks: ["a", "c"],
      first: (id) => addMetadata(id, { readonly: "False", attached_mode: "rw" }),
    },
    {
      inputs: { metadata: {} },
      op: "update",
      shows: { metadata: { foreign: "theirs", readonly: "False", attached_mode: "rw" } },
      lacks: ["with space:_-."],
    },
  ],
  bootable: [
    { inputs: {}, op: "create", shows: { bootable: "false" }, outputs: { bootable: false } },
    { inputs: { bootable: true }, op: "update", shows: { bootable: "true" }, outputs: { bootable: true } },
    { inputs: { bootable: false }, op: "update", shows: { bootable: "false" } },
    { inputs: {}, op: "same", shows: { bootable: "false" } },
  ],
  flagged: [
    {
      inputs: { bootable: true, readOnly: true },
      op: "create",
      shows: { bootable: "true", metadata: { readonly: "True" } },
    },
    { inputs: { bootable: true }, op: "update", shows: { bootable: "true", metadata: { readonly: "False" } } },
    { inputs: { bootable: true, readOnly: true }, op: "update", shows: { metadata: { readonly: "True" } } },
  ],
  size: [
    { inputs: {}, op: "create", shows: { size: 1 } },
    { inputs: { size: 2 }, op: "update", shows: { size: 2, status: "available" }, outputs: { size: 2 } },
    // and with other changes in one go
    {
      inputs: { size: 3, name: "grown", metadata: { k: "v" }, readOnly: true },
      op: "update",
      shows: { size: 3, name: "grown", metadata: { k: "v", readonly: "True" } },
    },
  ],
  attached: [
    { inputs: {}, op: "create", shows: { size: 1 } },
    { inputs: { size: 2 }, op: "update", shows: { size: 2, status: "in-use" }, first: (id) => attach(id) },
    {
      inputs: { size: 3, description: "in use" },
      op: "update",
      shows: { size: 3, status: "in-use", description: "in use" },
    },
  ],
  hints: [
    { inputs: {}, op: "create" },
    { inputs: { schedulerHints: { query: '["=","$backend_id","x"]' } }, op: "replace" },
    { inputs: { schedulerHints: { query: '["=","$backend_id","y"]' } }, op: "replace" },
    { inputs: {}, op: "replace" },
  ],
  zone: [
    {
      inputs: {},
      op: "create",
      shows: { availability_zone: "nova" },
      outputs: { availabilityZone: "nova" },
    },
    { inputs: { availabilityZone: "nova" }, op: "same", shows: { availability_zone: "nova" } },
    { inputs: {}, op: "same" },
  ],
  policies: [
    { inputs: {}, op: "create", outputs: { retypePolicy: "never", cascade: false } },
    { inputs: { retypePolicy: "onDemand", cascade: true }, op: "update", outputs: { retypePolicy: "onDemand" } },
    { inputs: { timeouts: { create: 300, update: 60, delete: 600 } }, op: "update", outputs: { cascade: false } },
    {
      inputs: { timeouts: { create: 300, update: 61 } },
      op: "update",
      outputs: { timeouts: { create: 300, update: 61 } },
    },
  ],
};

describe("each input of a Volume: edited, planned, done, and then nothing more", () => {
  let deployment: Deployment;
  const edits: Edits = {
    kind: "Volume",
    subjects,
    around: pool,
    backend: "pool",
    common: (ref) => ({ backend: ref("pool"), size: 1 }),
    show: ({ id }) => bed().show("volumes", id),
  };
  for (let index = 0; index < roundsOf(subjects); index += 1) {
    it(`edit ${index}`, async () => {
      deployment ??= bed().deployment();
      await editAll(deployment, edits, index);
    });
  }

  it("marks are gone, and a destroy leaves nothing", async () => {
    for (const { kind, id } of deployment.state.values()) {
      if (kind !== "Volume") continue;
      const { metadata } = await bed().show("volumes", id);
      assert.deepEqual(
        Object.keys(metadata as object).filter((key) => key.startsWith("blockbox:")),
        [],
      );
    }
    const attached = deployment.get("attached").id;
    for (const { id } of await bed().attachments(attached)) await bed().rig.call("DELETE", `/attachments/${id}`);
    await deployment.destroy();
    const { body } = await bed().rig.call("GET", "/volumes");
    assert.deepEqual((body as { volumes: unknown[] }).volumes, []);
  });
});

async function addMetadata(id: string, metadata: Record<string, string>): Promise<void> {
  const { status } = await bed().rig.call("POST", `/volumes/${id}/metadata`, { metadata });
  assert.equal(status, 200);
}

/** Attached for good, by somebody else. */
async function attach(id: string): Promise<void> {
  const { body } = await bed().raw.attach(id, { host: "theirs", initiator: "iqn.2026-01.org.example:theirs" });
  const { attachment } = body as { attachment: { id: string } };
  const { status } = await bed().rig.call("POST", `/attachments/${attachment.id}/action`, { "os-complete": {} });
  assert.equal(status, 204);
}
