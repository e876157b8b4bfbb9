import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { assertRefused, converge, ops, settled } from "../../support/cinder/converge.js";
import type { Declared, Deployment, Program } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";

const bed = cinderBed();

const backend = (name: string, volumeBackendName: string): Declared => ({
  kind: "Backend",
  name,
  inputs: { cinder: { volumeBackendName } },
});
const types: Program = [
  backend("gold", "faults"),
  backend("silver", "faults"),
  backend("files", "nfs"),
  backend("small", "nfs2"),
];
/** A volume of a Backend of the program. */
const inBackend = (name: string, pool: string, inputs: Props = {}): Declared => ({
  kind: "Volume",
  name,
  backend: pool,
  inputs: (ref) => ({ backend: ref(pool), size: 1, name: `bbt-${name}`, ...inputs }),
});
/** One of a type by its name or UUID. */
const ofType = (name: string, volumeType: string): Declared => ({
  kind: "Volume",
  name,
  inputs: { volumeType, size: 1, name: `bbt-${name}` },
});

describe("the type of a Volume: changed by a retype", () => {
  let deployment: Deployment;
  const typeOf = async (name: string) => (await bed().show("volumes", deployment.get(name).id)).volume_type;
  const nameOf = (pool: string) => String(deployment.get(pool).outputs.volumeType);
  const retypes = () =>
    bed()
      .proxy.journal.writes()
      .filter(({ body }) => body.includes("os-retype"));
  const start: Program = [
    ...types,
    inBackend("data", "gold"),
    inBackend("moved", "files"),
    inBackend("failretype", "gold"),
  ];

  before(async () => {
    deployment = bed().deployment();
    await converge(deployment, start, Object.fromEntries(start.map(({ name }) => [name, "create" as const])));
  });
  after(async () => {
    await deployment.destroy();
  });

  it("by Backend, then by name, UUID and Backend of the same type: no difference", async () => {
    const { id } = deployment.get("data");
    await converge(deployment, [...types, inBackend("data", "silver"), ...start.slice(5)], { data: "update" });
    assert.equal(await typeOf("data"), nameOf("silver"));
    assert.equal(deployment.get("data").outputs.volumeTypeName, nameOf("silver"));
    bed().proxy.journal.clear();
    const uuid = (await bed().type(nameOf("silver")))?.id ?? "";
    for (const one of [ofType("data", nameOf("silver")), ofType("data", uuid), inBackend("data", "silver")])
      await settledAfter([...types, one, ...start.slice(5)]);
    assert.equal(retypes().length, 0);
    for (const wanted of [nameOf("gold"), uuid]) {
      await converge(deployment, [...types, ofType("data", wanted), ...start.slice(5)], { data: "update" });
    }
    assert.equal(await typeOf("data"), nameOf("silver"));
    assert.equal(retypes().length, 2);
    assert.equal(deployment.get("data").id, id);
  });

  it("never across backends, unless onDemand lets the data be copied", async () => {
    const to = (inputs: Props): Program => [...types, inBackend("data", "silver"), inBackend("moved", "small", inputs)];
    await deployment.up([...types, inBackend("data", "silver"), inBackend("moved", "files")]);
    await assert.rejects(
      deployment.up(to({})),
      /could not change from type .* to .*No backend took it.*retypePolicy: "never".*"onDemand"/s,
    );
    assert.equal(await typeOf("moved"), nameOf("files"));
    await deployment.refresh();
    assert.equal(deployment.get("moved").outputs.volumeTypeName, nameOf("files"));
    assert.equal(ops(await deployment.preview(to({}))).moved, "update");
    const { id } = deployment.get("moved");
    await converge(deployment, to({ retypePolicy: "onDemand" }), { moved: "update" });
    assert.equal(deployment.get("moved").id, id);
    assert.equal(await typeOf("moved"), nameOf("small"));
    assert.match(String(deployment.get("moved").outputs.serviceHost), /@nfs2#/);
    assert.equal(
      (await bed().show("volumes", id))["os-vol-host-attr:host"],
      deployment.get("moved").outputs.serviceHost,
    );
  });

  it("a retype that fails is an error although Cinder's status is well; what was done before it is in the state", async () => {
    const others = [...types, inBackend("data", "silver"), inBackend("moved", "small", { retypePolicy: "onDemand" })];
    await deployment.up([...others, inBackend("failretype", "gold")]);
    const wanted = [...others, inBackend("failretype", "silver", { size: 2 })];
    await assert.rejects(deployment.up(wanted), /could not change from type/);
    const { id, outputs, initErrors } = deployment.get("failretype");
    const { status, size, volume_type } = await bed().show("volumes", id);
    assert.deepEqual({ status, size, volume_type }, { status: "available", size: 2, volume_type: nameOf("gold") });
    assert.equal(outputs.size, 2);
    assert.equal(outputs.volumeTypeName, nameOf("gold"));
    assert.equal(initErrors.length, 1);
    await assert.rejects(deployment.up(wanted), /could not change from type/);
    // given another name, which is done first, it succeeds
    await converge(deployment, [...others, inBackend("failretype", "gold", { size: 2, name: "bbt-well" })], {
      failretype: "update",
    });
    await converge(deployment, [...others, inBackend("failretype", "silver", { size: 2, name: "bbt-well" })], {
      failretype: "update",
    });
    assert.equal(await typeOf("failretype"), nameOf("silver"));
  });

  it("an unknown type is refused in the preview", async () => {
    await assertRefused(deployment.preview([...types, ofType("data", "nowhere")]), "volumeType", /nowhere/);
  });

  /** The program differs in words only. */
  async function settledAfter(program: Program): Promise<void> {
    const same = Object.fromEntries(program.map(({ name }) => [name, "same"]));
    await deployment.withProvider(async () => {
      assert.deepEqual(ops(await deployment.up(program)), same);
      await settled(deployment, program);
    });
  }
});
