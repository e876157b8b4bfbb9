import assert from "node:assert/strict";
import { stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { machineId } from "../../../provider/host/machine.js";
import { identityOf } from "../../../provider/resources/identity.js";
import { markEntry } from "../../../provider/services/cinder/marks.js";
import { sourceEntry } from "../../../provider/services/cinder/volumes/adoption.js";
import { newMark } from "../../../provider/services/mark.js";
import { cinderBed } from "../../support/cinder/bed.js";
import { converge } from "../../support/cinder/converge.js";
import type { Declared, Deployment, Program } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";

const bed = cinderBed({ backends: ["faults"] });

const pool: Declared = { kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: "faults" } } };
const taking = (sourceName: string): Props => ({ serviceHost: "rig@faults#faults", sourceName });
const adopted = (sourceName: string): Declared => ({
  kind: "Volume",
  name: "adopted",
  backend: "pool",
  inputs: (ref) => ({ backend: ref("pool"), adopt: taking(sourceName) }),
});

/** A file on the backend that holds somebody's data. */
async function precious(name: string): Promise<number> {
  const file = join(bed().rig.filesOf("faults"), name);
  await writeFile(file, "precious");
  await truncate(file, 2 ** 30);
  return (await stat(file)).ino;
}

/** What a create that was killed after its request has left: Cinder has taken it over, and no state knows. */
async function killedAdoption(deployment: Deployment, sourceName: string): Promise<string> {
  const identity = identityOf(deployment.urn("Volume", "adopted"));
  const dead = { machine: machineId(), pid: 2 ** 22 + 1, start: 1 };
  const adopt = { serviceHost: "rig@faults#faults", sourceName };
  const { body } = await bed().rig.call("POST", "/manageable_volumes", {
    volume: {
      host: adopt.serviceHost,
      ref: { "source-name": sourceName },
      name: "left",
      volume_type: String(deployment.get("pool").outputs.volumeType),
      metadata: { ...markEntry({ ...newMark(identity), creator: dead }), ...sourceEntry(adopt) },
    },
  });
  const { id } = (body as { volume: { id: string } }).volume;
  await bed().raw.untilStatus("volumes", id, "available");
  return id;
}

describe("what a killed adopt has taken over", () => {
  let deployment: Deployment;
  const program = (...more: Program): Program => [pool, ...more];

  before(async () => {
    deployment = bed().deployment();
    await deployment.up(program());
  });
  after(() => deployment.destroy());

  it("is the volume of the same program run again", async () => {
    const ino = await precious("first");
    const left = await killedAdoption(deployment, "first");
    await converge(deployment, program(adopted("first")), { adopted: "create" });
    assert.equal(deployment.get("adopted").id, left);
    assert.equal((await stat(join(bed().rig.filesOf("faults"), `volume-${left}`))).ino, ino);
    await deployment.up(program());
    assert.equal(await bed().raw.row("volumes", left), undefined);
  });

  it("is let go of, and never deleted, when another one is wanted", async () => {
    const ino = await precious("second");
    await precious("third");
    const left = await killedAdoption(deployment, "second");
    await converge(deployment, program(adopted("third")), { adopted: "create" });
    assert.equal(await bed().raw.row("volumes", left), undefined);
    assert.equal((await stat(join(bed().rig.filesOf("faults"), `volume-${left}`))).ino, ino);
    await deployment.up(program());
  });

  it("is let go of with its Backend", async () => {
    const ino = await precious("fourth");
    const left = await killedAdoption(deployment, "fourth");
    await deployment.destroy();
    assert.equal(await bed().raw.row("volumes", left), undefined);
    assert.equal((await stat(join(bed().rig.filesOf("faults"), `volume-${left}`))).ino, ino);
  });
});
