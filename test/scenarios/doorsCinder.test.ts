import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertExactly } from "../support/cinder/exactly.js";
import { OwnProject } from "../support/cinder/ownProject.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { type Made, Project } from "../support/pulumi.js";
import type { Door } from "../support/rpc.js";

const doors: readonly Door[] = ["dynamic", "plugin"];

interface Plan {
  steps: { op: string; urn: string }[];
}

/** All four kinds of resources, and a copy; `edited`: what changes in place, and what is replaced. */
function programOf(own: OwnProject, edited: boolean): Made[] {
  const cinder = { volumeBackendName: "faults", ...(edited ? { description: "a pool" } : {}) };
  const volume = { backend: { idOf: "pool" }, name: "data", metadata: { tier: edited ? "gold" : "tin" } };
  const connector = { hostName: edited ? "second" : "first", initiator: "iqn.2026-01.org.example:host" };
  return [
    { kind: "Backend", name: "pool", args: { name: own.named("pool"), cinder } },
    { kind: "Volume", name: "data", args: { ...volume, size: edited ? 2 : 1 } },
    { kind: "Snapshot", name: "before", args: { volume: { idOf: "data" }, ...(edited ? { description: "old" } : {}) } },
    { kind: "Volume", name: "copy", args: { backend: { idOf: "pool" }, snapshotId: { idOf: "before" } } },
    { kind: "Attachment", name: "exported", args: { volume: { idOf: "copy" }, connector } },
  ];
}

describe("the same program with Cinder", { concurrency: 2 }, () => {
  const { rig } = rigFor({ backends: ["faults"] });

  for (const door of doors) {
    it(`through the ${door} door: made, unchanged, edited as previewed, gone`, { timeout: 240_000 }, async (t) => {
      const own = new OwnProject(rig());
      const env = { CINDER_ENDPOINT: rig().endpoint, OS_PROJECT_ID: own.id };
      const project = await Project.make(t, door, { env });
      project.door = door;
      project.program = programOf(own, false);
      await project.okUp("--skip-preview");
      await assertExactly(own, project);
      await project.expectNoChanges();
      const ids = (await project.resources()).map(({ id }) => id);

      project.program = programOf(own, true);
      const text = await project.ok("preview", "--json", "--stack", project.stack);
      const { steps } = JSON.parse(text.slice(text.indexOf("{"))) as Plan;
      const changed = steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
      const wanted = ["update pool", "update data", "update before", "replace exported"];
      assert.deepEqual(changed.sort(), wanted.sort());
      assert.match(await project.okUp("--skip-preview"), /3 updated\n\s+\+-1 replaced/);
      await assertExactly(own, project);
      await project.expectNoChanges();
      const kept = (await project.resources()).map(({ id }) => id).filter((id) => ids.includes(id));
      assert.equal(kept.length, 4);

      const { code, output } = await project.destroy("--skip-preview");
      assert.equal(code, 0, output);
      assert.deepEqual(await own.held(), { types: [], volumes: [], snapshots: [], attachments: [] });
    });
  }

  it("a stack of dynamic resources goes on with the plugin's: the same ids, nothing to do", {
    timeout: 240_000,
  }, async (t) => {
    const own = new OwnProject(rig());
    const env = { CINDER_ENDPOINT: rig().endpoint, OS_PROJECT_ID: own.id };
    const project = await Project.make(t, "move", { env });
    project.program = programOf(own, false);
    await project.okUp("--skip-preview");
    const before = (await project.resources()).map(({ id }) => id);
    project.door = "plugin";
    await project.ok("preview", "--stack", project.stack, "--expect-no-changes");
    await project.okUp("--skip-preview");
    const moved = await project.resources();
    assert.deepEqual(moved.map(({ id }) => id).sort(), before.sort());
    assert.deepEqual(new Set(moved.map(({ type }) => type.split(":")[0])), new Set(["blockbox"]));
    await project.expectNoChanges();
    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
    assert.deepEqual(await own.held(), { types: [], volumes: [], snapshots: [], attachments: [] });
  });
});
