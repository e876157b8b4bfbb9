import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cinderBed, type Row } from "../../support/cinder/bed.js";
import { assertRefused, converge, ops } from "../../support/cinder/converge.js";
import { type Edits, editAll, roundsOf, type Subjects } from "../../support/cinder/rounds.js";
import { type Declared, type Deployment, uniqueName } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";

const bed = cinderBed({ backends: ["nfs", "faults"] });

const replacing = [uniqueName("type"), uniqueName("type")];
const subjects: Subjects = {
  specs: [
    {
      inputs: { cinder: { volumeBackendName: "faults", extraSpecs: { a: "1", b: "2" } } },
      op: "create",
      shows: { metadata: { volume_backend_name: "faults", a: "1", b: "2" } },
    },
    {
      inputs: { cinder: { volumeBackendName: "faults", extraSpecs: { a: "3", "x:c": "4" } } },
      op: "update",
      shows: { metadata: { volume_backend_name: "faults", a: "3", "x:c": "4", foreign: "theirs" } },
      lacks: ["b"],
      first: (id) => addSpecs(id, { foreign: "theirs" }),
    },
    {
      inputs: { cinder: { volumeBackendName: "nfs", extraSpecs: { multiattach: "<is> True" } } },
      op: "update",
      shows: { metadata: { volume_backend_name: "nfs", multiattach: "<is> True", foreign: "theirs" } },
      lacks: ["a", "x:c"],
      outputs: { services: ["rig@nfs"], state: "up" },
    },
    {
      inputs: { cinder: {} },
      op: "update",
      shows: { metadata: { foreign: "theirs" } },
      lacks: ["volume_backend_name", "multiattach"],
      outputs: { services: ["rig@faults", "rig@nfs"] },
    },
  ],
  described: [
    { inputs: { cinder: {} }, op: "create", shows: { description: null, is_public: true } },
    { inputs: { cinder: { description: "one" } }, op: "update", shows: { description: "one" } },
    { inputs: { cinder: { description: "two" } }, op: "update", shows: { description: "two" } },
    { inputs: { cinder: {} }, op: "update", shows: { description: "" } },
  ],
  shown: [
    { inputs: { cinder: { public: false } }, op: "create", shows: { is_public: false } },
    { inputs: { cinder: { public: true } }, op: "update", shows: { is_public: true } },
    { inputs: { cinder: {} }, op: "same", shows: { is_public: true } },
    { inputs: { cinder: { public: false } }, op: "update", shows: { is_public: false } },
    { inputs: { cinder: {} }, op: "update", shows: { is_public: true } },
  ],
  served: [
    {
      inputs: { cinder: { volumeBackendName: "faults", serviceHost: "rig@faults" } },
      op: "create",
      outputs: { state: "up", services: ["rig@faults"], kind: "cinder", totalGib: 100 },
    },
    { inputs: { cinder: { volumeBackendName: "faults" } }, op: "update", outputs: { state: "up" } },
    { inputs: { cinder: { volumeBackendName: "faults" }, timeouts: { delete: 30 } }, op: "update" },
    { inputs: { cinder: { volumeBackendName: "faults", adopt: true } }, op: "update" },
    { inputs: { cinder: { volumeBackendName: "faults" } }, op: "update" },
  ],
  named: [
    { inputs: { name: replacing[0], cinder: {} }, op: "create", shows: { name: replacing[0] } },
    { inputs: { name: replacing[1], cinder: {} }, op: "replace", shows: { name: replacing[1] } },
  ],
};

describe("each input of a Backend: edited, planned, done, and then nothing more", () => {
  let deployment: Deployment;
  const edits: Edits = {
    kind: "Backend",
    subjects,
    around: [],
    common: () => ({}),
    show: ({ outputs }) => showType(String(outputs.volumeType)),
  };
  for (let index = 0; index < roundsOf(subjects); index += 1) {
    it(`edit ${index}`, async () => {
      deployment ??= bed().deployment();
      // A type that lost its backend's name for a moment would have volumes placed anywhere.
      const { volumeType } = deployment.state.get("specs")?.outputs ?? {};
      const watch = watchSpecs(volumeType === undefined || index > 2 ? undefined : String(volumeType));
      await editAll(deployment, edits, index).finally(() => watch.end());
      for (const specs of await watch.end()) assert.match(specs.volume_backend_name ?? "", /^(faults|nfs)$/);
    });
  }

  it("all extra specs come with the very request that makes the type; a destroy leaves no type", async () => {
    const made = bed().proxy.journal.matching("POST", /\/types$/);
    assert.equal(made.length, 6);
    const specs = made.map(({ body }) => JSON.parse(body).volume_type.extra_specs);
    for (const one of specs) assert.ok(one["blockbox:mark"]);
    assert.deepEqual(
      { ...specs[0], "blockbox:mark": "" },
      { volume_backend_name: "faults", a: "1", b: "2", "blockbox:mark": "" },
    );
    assert.equal(await bed().type(replacing[0] ?? ""), undefined);
    await deployment.destroy();
    const { body } = await bed().rig.call("GET", "/types?is_public=None");
    assert.deepEqual(
      (body as { volume_types: Row[] }).volume_types.map(({ name }) => name),
      ["__DEFAULT__"],
    );
  });
});

describe("a Backend and what is there already", () => {
  let deployment: Deployment;
  const backend = (name: string, cinder: Props, rest: Props = {}): Declared => ({
    kind: "Backend",
    name: "pool",
    inputs: { name, cinder, ...rest },
  });
  after(() => deployment.destroy());

  it("a foreign type's name is taken, unless it is adopted: then only what is said is changed, and it stays", async () => {
    deployment = bed().deployment();
    const name = await bed().raw.type("faults", { foreign: "theirs", a: "0" });
    await assertRefused(deployment.preview([backend(name, {})]), "name", /exists already.*adopt: true/);
    await assertRefused(
      deployment.preview([backend("nowhere", { adopt: true })]),
      "cinder.adopt",
      /no volume type nowhere/,
    );
    assert.deepEqual(
      bed()
        .proxy.journal.writes()
        .filter(({ body }) => body.includes(name)),
      [],
    );
    const adopted = [backend(name, { adopt: true, extraSpecs: { a: "1" }, description: "ours" })];
    await converge(deployment, adopted, { pool: "create" });
    const { metadata, description } = await showType(name);
    assert.deepEqual(metadata, { foreign: "theirs", a: "1", volume_backend_name: "faults" });
    assert.equal(description, "ours");
    await converge(deployment, [backend(name, { adopt: true })], { pool: "update" });
    assert.deepEqual((await showType(name)).metadata, { foreign: "theirs", volume_backend_name: "faults" });
    await converge(deployment, [], { pool: "delete" });
    await showType(name);
    // even where the program says later that it is its own
    await deployment.up([backend(name, { adopt: true })]);
    await deployment.up([backend(name, {})]);
    await assert.rejects(deployment.destroy(), /NOT_OURS/);
    await deployment.up([backend(name, { adopt: true })]);
    await deployment.destroy();
    await showType(name);
  });

  it("waits for its service: one that comes later, and one that never does", async () => {
    const hide = (from: string, to: string) => bed().rig.sql(`update services set host='${to}' where host='${from}'`);
    await hide("rig@faults", "rig@hidden");
    const name = uniqueName("type");
    const waiting = deployment.up([backend(name, { volumeBackendName: "faults", serviceHost: "rig@faults" })]);
    await Promise.race([waiting, sleep(4_500)]);
    assert.equal(deployment.state.has("pool"), false, "it did not wait");
    await hide("rig@hidden", "rig@faults");
    await waiting;
    assert.equal(deployment.get("pool").outputs.state, "up");
    await deployment.destroy();

    const never = [backend(name, { serviceHost: "rig@never" }, { timeouts: { create: 1, update: 1 } })];
    await assert.rejects(deployment.up(never), /rig@never has not registered after 1 s.*TIMED_OUT/s);
    assert.equal(deployment.get("pool").id, `cinder:${name}`);
    assert.equal(ops(await deployment.preview(never)).pool, "update");
    await assert.rejects(deployment.up(never), /TIMED_OUT/);
    await converge(deployment, [backend(name, { volumeBackendName: "faults", serviceHost: "rig@faults" })], {
      pool: "update",
    });
  });

  it("a type in use keeps its extra specs and is not deleted: the volumes that have it are named", async () => {
    const name = String(deployment.get("pool").outputs.volumeType);
    const volume = await bed().raw.volume({ volume_type: name, name: "theirs" });
    await bed().raw.untilStatus("volumes", volume, "available");
    const preview = (cinder: Props) => deployment.preview([backend(name, cinder)]);
    bed().proxy.journal.clear();
    const served = { volumeBackendName: "faults", serviceHost: "rig@faults" };
    await assertRefused(
      preview({ ...served, extraSpecs: { a: "1" } }),
      "cinder.extraSpecs",
      /cannot change a: .*1 volume has it/,
    );
    await assertRefused(
      preview({ ...served, volumeBackendName: "nfs" }),
      "cinder.volumeBackendName",
      /in use.*retype/s,
    );
    assert.deepEqual(bed().proxy.journal.writes(), []);
    await converge(deployment, [backend(name, { ...served, description: "in use" })], { pool: "update" });
    await assert.rejects(deployment.destroy(), new RegExp(`used by 1 volume: theirs \\(${volume}\\).*IN_USE`, "s"));
    assert.ok(deployment.state.has("pool"));
    await showType(name);
    await bed().raw.remove("volumes", volume);
    await bed().raw.untilStatus("volumes", volume, "gone");
  });
});

/** Its extra specs stand where metadata does elsewhere. */
async function showType(name: string): Promise<Row> {
  const type = await bed().type(name);
  assert.ok(type, `there is no type ${name}`);
  return { ...type, metadata: type.extra_specs };
}

async function addSpecs(id: string, extra_specs: Record<string, string>): Promise<void> {
  const type = await bed().type(id.replace("cinder:", ""));
  const { status } = await bed().rig.call("POST", `/types/${type?.id}/extra_specs`, { extra_specs });
  assert.equal(status, 200);
}

/** Reads a type's extra specs again and again until it is told to end; answers all that it saw. */
function watchSpecs(name: string | undefined): { end(): Promise<Record<string, string>[]> } {
  const seen: Record<string, string>[] = [];
  let isOver = name === undefined;
  const watching = (async () => {
    const id = name === undefined ? undefined : (await bed().type(name))?.id;
    while (!isOver) {
      const { body } = await bed().rig.call("GET", `/types/${id}/extra_specs`);
      seen.push((body as { extra_specs: Record<string, string> }).extra_specs);
    }
  })();
  return {
    async end() {
      isOver = true;
      await watching;
      return seen;
    },
  };
}
