import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { heldBy } from "../support/cinder/empty.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { Project } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

const program = `
const blockbox = require("pulumi-blockbox/plugin");
const loopFile = { path: process.env.BBT_DATA + "/pool.img", size: 5, sparse: true };
const pool = new blockbox.Backend("pool", { lvm: { volumeGroup: process.env.BBT_GROUP, loopFile, thinPool: false } });
new blockbox.Volume("local", { backend: pool.id, size: 3 });
new blockbox.Volume("far", { size: 1, name: "slowcreate-10" }, { customTimeouts: { create: "2s", update: "1m" } });
`;

interface Event {
  diagnosticEvent?: { urn?: string; message: string; ephemeral?: boolean };
}

describe("long work through the plugin", () => {
  const { rig } = rigFor({ backends: ["faults"] });

  it("tells on the resource's own line how far it is, and ends when `customTimeouts` say so", {
    timeout: 240_000,
  }, async (t) => {
    const inCinder = await heldBy(rig());
    const project = await Project.make(t, "progress", {
      entry: { file: "index.js", text: program },
      env: { CINDER_ENDPOINT: rig().endpoint, OS_PROJECT_ID: rig().project, PULUMI_DEBUG_COMMANDS: "true" },
    });
    Object.assign(project.env, { BBT_DATA: project.data(""), BBT_GROUP: project.group });
    const earlier = await snapshot(project.data(""));
    const log = join(project.dir, "events.json");
    const events = async () =>
      (await readFile(log, "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Event);
    const told = async (name: string) =>
      (await events()).flatMap(({ diagnosticEvent: said }) =>
        said?.urn?.endsWith(`::${name}`) && said.ephemeral ? [said.message] : [],
      );

    const late = await project.up("--skip-preview", "--event-log", log);
    assert.notEqual(late.code, 0);
    assert.match(late.output, /Volume slowcreate-10 .* could not be created within 2 s; .*TIMED_OUT/);
    const [ofLocal, local] = [await told("local"), await project.resource("local")];
    assert.equal(local.outputs.size, 3);
    const far = await project.resource("far");

    const ok = await project.okUp("--skip-preview", "--event-log", log);
    assert.equal((await project.resource("far")).id, far.id);
    assert.deepEqual(ofLocal, ["zeroing 33 %\n", "zeroing 66 %\n"]);
    // The limit was the request's: nothing of it is left in the state.
    assert.doesNotMatch(ok, /timeouts/);
    assert.ok((await told("far")).some((message) => /^creating, \d+ s/.test(message)));
    await project.expectNoChanges();
    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
    assert.deepEqual(await snapshot(project.data("")), earlier);
    assert.deepEqual(await heldBy(rig()), inCinder);
  });
});
