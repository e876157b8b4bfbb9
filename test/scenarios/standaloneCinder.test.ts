import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { heldBy } from "../support/cinder/empty.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { root } from "../support/paths.js";
import { Project } from "../support/pulumi.js";

/** What faultsDriver.py gives as the secret of an iSCSI export. */
const secret = "p".repeat(16);

describe("examples/standalone-cinder", () => {
  const { rig } = rigFor({ backends: ["faults"] });

  test("up, nothing left to do, grow, destroy; the export's secret is nowhere in clear", {
    timeout: 240_000,
  }, async (t) => {
    const text = await readFile(join(root, "examples/standalone-cinder/index.ts"), "utf8");
    const project = await Project.make(t, "cinder", { entry: { file: "index.ts", text } });
    const earlier = await heldBy(rig());
    const config = (key: string, value: string) => project.ok("config", "set", "--stack", project.stack, key, value);
    await config("blockbox:endpoint", rig().endpoint);
    await config("blockbox:project", rig().project);
    await config("backendName", "faults");
    await config("hostName", "other");
    await config("initiator", "iqn.2026-01.org.example:other");
    const outputs = async (...more: string[]) =>
      JSON.parse(await project.ok("stack", "output", "--json", "--stack", project.stack, ...more)) as Record<
        string,
        unknown
      >;

    const preview = await project.preview("--diff");
    assert.equal(preview.code, 0, preview.output);
    assert.deepEqual(await heldBy(rig()), earlier);
    const said = await project.okUp("--skip-preview");
    const made = await outputs();
    const held = await heldBy(rig());
    assert.equal(held.volumes?.length, 2);
    assert.equal(held.snapshots?.length, 1);
    assert.equal(held.attachments?.length, 1);
    assert.equal(held.types?.length, (earlier.types?.length ?? 0) + 1);
    await project.expectNoChanges();

    assert.equal(made.connectionInfo, "[secret]");
    const info = (await outputs("--show-secrets")).connectionInfo as Record<string, unknown>;
    assert.equal(info.authPassword, secret);
    assert.equal(info.targetIqn, `iqn.2010-10.org.openstack:volume-${made.dataVolume}`);
    const state = await project.ok("stack", "export", "--stack", project.stack);
    const file = await readFile(join(project.dir, "state/.pulumi/stacks/bbt", `${project.stack}.json`), "utf8");
    for (const shown of [said, state, file]) assert.ok(!shown.includes(secret) && !shown.includes("u".repeat(20)));

    await config("sizeGib", "2");
    const growth = await project.preview("--diff");
    assert.match(growth.output, /~ size\s*: 1 => 2/);
    assert.ok(!growth.output.includes(secret));
    await project.okUp("--skip-preview");
    const { body } = await rig().call("GET", `/volumes/${made.dataVolume}`);
    const { size, status } = (body as { volume: { size: number; status: string } }).volume;
    assert.deepEqual([size, status], [2, "in-use"]);
    await project.expectNoChanges();

    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
    assert.ok(!output.includes(secret));
    assert.deepEqual(await heldBy(rig()), earlier);
  });
});
