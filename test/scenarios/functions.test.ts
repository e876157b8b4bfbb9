import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rigFor } from "../support/cinder/rigFor.js";
import { Project } from "../support/pulumi.js";

/** Asks of what it makes in a Cinder and on this host, once that is there. */
const program = `import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";

declare const process: { env: { [name: string]: string | undefined } };
const { BBT_GROUP = "", BBT_DATA = "", BBT_ASKED = "" } = process.env;

const pool = new blockbox.Backend("pool", { cinder: { volumeBackendName: "faults" } });
const data = new blockbox.Volume("data", { backend: pool, size: 1, metadata: { tier: "gold" } });
const connector = { hostName: "other", initiator: "iqn.2026-01.org.example:other" };
const exported = new blockbox.Attachment("exported", { volume: data, connector });
const snapshot = new blockbox.Snapshot("snapshot", { volume: data });

const group = new blockbox.Backend("group", {
  lvm: { volumeGroup: BBT_GROUP, loopFile: { path: BBT_DATA + "/pool.img", size: 3, sparse: true } },
});
const local = new blockbox.Volume("local", { backend: group, size: 1 });

export const now = pulumi.all([data.id, exported.id]).apply(([id]) => blockbox.getVolume({ id }));
export const gold = pulumi.all([pool.id, data.id]).apply(([backend]) => blockbox.getVolumes({ backend, metadata: { tier: "gold" } }))
  .volumes.apply((volumes) => volumes.map(({ name }) => name));
export const taken = snapshot.id.apply((id) => blockbox.getSnapshot({ id })).status;
export const type = pool.id.apply((backend) => blockbox.getVolumeTypes().then(({ volumeTypes }) => volumeTypes.filter((one) => one.backend === backend).length));
export const zones = blockbox.getAvailabilityZones().then(({ availabilityZones }) => availabilityZones.map(({ name }) => name));
export const here = local.id.apply((id) => blockbox.getVolume({ id })).status;
export const free = local.id.apply(() => blockbox.getBackends()).apply(({ volumeGroups = [], pools = [] }) => [
  volumeGroups.filter(({ name }) => name === BBT_GROUP).map(({ freeGib }) => freeGib),
  pools.map(({ name, freeGib }) => name + " " + freeGib),
]);
if (BBT_ASKED) blockbox.getVolume({ id: BBT_ASKED });
`;

const unknown = "00000000-0000-4000-8000-000000000000";

describe("functions in a program", () => {
  const { rig } = rigFor({ backends: ["faults"] });

  test("they tell of what was made in the same up; an error shows no stack", {
    timeout: 240_000,
  }, async (t) => {
    const project = await Project.make(t, "asking", { entry: { file: "index.ts", text: program } });
    Object.assign(project.env, { BBT_GROUP: project.group, BBT_DATA: project.data("") });
    await project.ok("config", "set", "--stack", project.stack, "blockbox:endpoint", rig().endpoint);
    await project.ok("config", "set", "--stack", project.stack, "blockbox:project", rig().project);

    // What asks for something that is not made yet is not asked.
    const preview = await project.preview();
    assert.equal(preview.code, 0, preview.output);
    const output = await project.okUp("--skip-preview");
    const shown = JSON.parse(await project.ok("stack", "output", "--json", "--stack", project.stack)) as Record<
      string,
      unknown
    >;
    const data = await project.resource("data");
    const exported = await project.resource("exported");
    const { status, attachments } = shown.now as { status: string; attachments: unknown[] };
    assert.equal(status, "in-use", output);
    assert.deepEqual(attachments, [{ attachmentId: exported.outputs.attachmentId, hostName: "other" }]);
    assert.deepEqual(shown.gold, [data.outputs.name]);
    assert.equal(shown.taken, "available");
    assert.equal(shown.type, 1);
    assert.deepEqual(shown.zones, ["nova"]);
    assert.equal(shown.here, "available");
    assert.deepEqual(shown.free, [[1], ["rig@faults#faults 50"]]);
    assert.ok(!JSON.stringify(shown).includes("p".repeat(16)), "the export's secret");
    await project.expectNoChanges();

    project.env.BBT_ASKED = unknown;
    const failed = await project.preview();
    assert.notEqual(failed.code, 0, failed.output);
    const says = `error: Volume ${unknown} does not exist at ${rig().endpoint}, project ${rig().project}. [NOT_FOUND]`;
    assert.ok(failed.output.includes(says), failed.output);
    assert.doesNotMatch(failed.output, /\n\s+at |node:internal|\.js:\d+/);

    project.env.BBT_ASKED = "";
    const { code, output: ended } = await project.destroy("--skip-preview");
    assert.equal(code, 0, ended);
  });
});
