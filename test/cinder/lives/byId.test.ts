import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { ops, settled } from "../../support/cinder/converge.js";
import type { Deployment, Kind, Program } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";

const bed = cinderBed({ backends: ["faults"] });

const connector = { hostName: "one", initiator: "iqn.2026-01.org.example:one" };
const pool = { volumeBackendName: "faults", extraSpecs: { "x:a": "1" }, description: "d", public: false };
const program: Program = [
  { kind: "Backend", name: "pool", inputs: { name: "by-id", cinder: pool } },
  {
    kind: "Volume",
    name: "data",
    backend: "pool",
    inputs: (ref) => ({ backend: ref("pool"), size: 1, name: "data", description: "d", metadata: { a: "1" } }),
  },
  { kind: "Snapshot", name: "snap", inputs: (ref) => ({ volume: ref("data"), name: "snap", metadata: { a: "1" } }) },
  { kind: "Attachment", name: "disk", inputs: (ref) => ({ volume: ref("data"), mode: "ro", connector }) },
];

describe("what exists, known by its id alone", () => {
  let deployment: Deployment;
  before(async () => {
    deployment = bed().deployment();
    await deployment.up(program);
    await deployment.keep();
  });
  after(async () => {
    await deployment.release();
    await deployment.destroy();
  });

  const seen = async (kind: Kind, id: string) =>
    deployment.withProvider(async (provider) => {
      const { outputs, inputs = {}, ...read } = await provider.read(id, deployment.hidden({ kind, name: "got" }));
      return { id: read.id, outputs, inputs: visible(inputs) };
    });

  it("is read whole: by `get`, and for an import", async () => {
    for (const { kind, name } of program) {
      const stored = deployment.get(name);
      const { id, inputs, outputs } = await seen(kind, stored.id);
      assert.equal(id, stored.id);
      const [own, given] = [visible(stored.outputs), visible(stored.inputs)];
      // what only the program knows
      const { timeouts: _t, connector: _c, backend: _b, ...known } = own as Props;
      if (kind === "Volume") assert.equal(inputs.volumeType, "by-id");
      for (const key of Object.keys(known)) assert.deepEqual(outputs[key], known[key], `${kind}: output ${key}`);
      for (const key of Object.keys(given))
        if (key in known) assert.deepEqual(inputs[key], given[key], `${kind}: input ${key}`);
    }
  });

  it("an import is followed by no replacement", async () => {
    const imported = bed().deployment({ stack: deployment.stack });
    for (const { kind, name } of program) {
      const { id, inputs, outputs } = await seen(kind, deployment.get(name).id);
      const hidden = imported.hidden({ kind, name });
      const both = [inputs, outputs].map((props) => ({ ...props, ...hidden }));
      imported.state.set(name, { kind, name, id, inputs: both[0] ?? {}, outputs: both[1] ?? {}, initErrors: [] });
    }
    const steps = ops(await imported.preview(program));
    // the connector is what Cinder does not show: it is recorded
    assert.deepEqual(steps, { pool: "same", data: "same", snap: "same", disk: "update" });
    bed().proxy.journal.clear();
    await imported.up(program);
    assert.deepEqual(bed().proxy.journal.writes(), []);
    await settled(imported, program);
    assert.deepEqual(visible(imported.get("disk").outputs), visible(deployment.get("disk").outputs));
  });

  it("outputs that were written by hand do not say where it lives: it is here", async () => {
    const volume = await bed().raw.volume({ name: "by-hand" });
    await bed().raw.untilStatus("volumes", volume, "available");
    const outputs = { name: "by-hand", size: 1, metadata: {}, readOnly: false };
    const hidden = deployment.hidden({ kind: "Volume", name: "hand" });
    await deployment.withProvider(async (provider) => {
      const { inputs } = await provider.check({}, { ...outputs, description: "now", ...hidden });
      const updated = await provider.update(volume, { ...outputs, ...hidden }, inputs);
      assert.ok(updated.__location);
      await provider.delete(volume, { ...outputs, ...hidden });
    });
    assert.equal(await bed().raw.row("volumes", volume), undefined);
  });

  it("what is not there has no id; what is no id is refused", async () => {
    const none = "00000000-0000-4000-8000-000000000000";
    const absent: [Kind, string][] = [
      ["Backend", "cinder:nowhere"],
      ["Volume", none],
      ["Snapshot", none],
      ["Attachment", `${none}/${none}`],
    ];
    for (const [kind, id] of absent) assert.equal((await seen(kind, id)).id, "", kind);
    const wrong: [Kind, string][] = [
      ["Backend", "cinder:"],
      ["Volume", none.toUpperCase().replace("8", "A")],
      ["Snapshot", "../volumes/x"],
      ["Attachment", none],
      ["Attachment", `${none}/${none}/x`],
    ];
    for (const [kind, id] of wrong) await assert.rejects(seen(kind, id), /is not the id of an? /, `${kind} ${id}`);
  });
});

function visible(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([key]) => !key.startsWith("__")));
}
