import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { within } from "../support/guest.js";
import { assertNothingToDo, forget, importAll, withoutSources } from "../support/import.js";
import { type Made, Project } from "../support/pulumi.js";
import { hasDeviceMapper, snapshot } from "../support/system.js";

const content = pattern("import", 2 ** 20);
function lvmProgram(project: Project): Made[] {
  const loopFile = { path: project.data("pool.img"), size: 6, sparse: true };
  const mount = { path: project.data("disk"), options: ["noatime"] };
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "plain", args: { backend: { idOf: "pool" }, size: 1 } },
    {
      kind: "Volume",
      name: "data",
      args: { backend: { idOf: "pool" }, size: 1, description: "imported", metadata: { tier: "gold" } },
    },
    { kind: "Attachment", name: "disk", args: { volume: { idOf: "data" }, size: 1, mount } },
    { kind: "Attachment", name: "bare", args: { volume: { idOf: "plain" } } },
  ];
}

/** What a thin pool brings. */
const copies: Made[] = [
  { kind: "Snapshot", name: "then", args: { volume: { idOf: "data" }, metadata: { of: "data" } } },
  { kind: "Volume", name: "restored", args: { backend: { idOf: "pool" }, snapshotId: { idOf: "then" } } },
  { kind: "Volume", name: "copied", args: { backend: { idOf: "pool" }, size: 2, sourceVolumeId: { idOf: "data" } } },
];

test("what this host has is imported by ids alone into an empty stack, and is then as the program says", {
  timeout: within(300_000),
}, async (t) => {
  const project = await Project.make(t, "import");
  // An import does not know who made a mount point: it stays.
  await mkdir(project.data("disk"));
  const earlier = await snapshot(project.data(""));
  project.door = "plugin";
  project.program = [...lvmProgram(project), ...(hasDeviceMapper() ? copies : [])];
  await project.okUp("--skip-preview");
  const file = join(project.data("disk"), "file");
  await writeThrough(file, content);

  await importAll(project, await forget(project));
  await assertNothingToDo(project);
  const program = project.program;
  // A program need not say what a volume was made as a copy of, nor is saying it again a change.
  project.program = withoutSources(program);
  await assertNothingToDo(project);
  await project.okUp("--skip-preview");
  await project.expectNoChanges();
  project.program = program;
  await project.okUp("--skip-preview");
  await project.expectNoChanges();
  assert.equal(await sha256(file), digest(content));

  const { code, output } = await project.destroy("--skip-preview");
  assert.equal(code, 0, output);
  assert.deepEqual(await snapshot(project.data("")), earlier);
});
