import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { heldBy } from "../support/cinder/empty.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { assertNothingToDo, forget, importAll, withoutSources } from "../support/import.js";
import { type Made, Project } from "../support/pulumi.js";

describe("a Cinder", () => {
  const { rig } = rigFor({ backends: ["faults"] });
  let earlier: Record<string, string[]>;
  before(async () => {
    earlier = await heldBy(rig());
  });

  const connector = { hostName: "other", initiator: "iqn.2026-01.org.example:other", ip: "192.0.2.7" };
  const backend = (name: string): Made => ({
    kind: "Backend",
    name,
    args: { cinder: { volumeBackendName: "faults", description: name } },
  });
  const program = (backendOfData: string): Made[] => [
    backend("fast"),
    backend("slow"),
    {
      kind: "Volume",
      name: "data",
      args: { backend: { idOf: backendOfData }, size: 1, description: "imported", metadata: { tier: "gold" } },
    },
    { kind: "Snapshot", name: "then", args: { volume: { idOf: "data" }, description: "before" } },
    { kind: "Volume", name: "restored", args: { backend: { idOf: "fast" }, snapshotId: { idOf: "then" } } },
    { kind: "Volume", name: "copied", args: { backend: { idOf: "fast" }, size: 2, sourceVolumeId: { idOf: "data" } } },
    { kind: "Volume", name: "usual", args: { size: 1, name: "of the default type" } },
    { kind: "Attachment", name: "disk", args: { volume: { idOf: "data" }, connector } },
  ];

  test("every kind of it is imported by ids alone, and is then as the program says", {
    timeout: 300_000,
  }, async (t) => {
    const project = await Project.make(t, "import");
    project.door = "plugin";
    for (const [key, value] of Object.entries({ endpoint: rig().endpoint, project: rig().project }))
      await project.ok("config", "set", "--stack", project.stack, `blockbox:${key}`, value);
    project.program = program("slow");
    await project.okUp("--skip-preview");
    await project.expectNoChanges();
    // A retype.
    project.program = program("fast");
    await project.okUp("--skip-preview");

    // Which host it is that attaches by itself, Cinder does not show.
    await importAll(project, await forget(project), { disk: { connector: { ...connector, multipath: false } } });
    await assertNothingToDo(project);
    project.program = withoutSources(program("fast"));
    await assertNothingToDo(project);
    await project.okUp("--skip-preview");
    await project.expectNoChanges();
    project.program = program("fast");
    await project.okUp("--skip-preview");
    await project.expectNoChanges();
    const state = await project.ok("stack", "export", "--stack", project.stack);
    assert.match(
      state,
      /"connectionInfo": \{\s+"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",\s+"ciphertext"/,
    );

    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
    assert.deepEqual(await heldBy(rig()), earlier);
  });
});
