import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { within } from "../support/guest.js";
import { type Made, Project } from "../support/pulumi.js";
import type { Door } from "../support/rpc.js";
import { hasDeviceMapper, snapshot } from "../support/system.js";

const content = pattern("doors", 2 ** 20);

function programOf(project: Project, size: number, volume: object = {}): Made[] {
  const loopFile = { path: project.data("pool.img"), size: hasDeviceMapper() ? 8 : 4, sparse: true };
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { idOf: "pool" }, size, ...volume } },
    {
      kind: "Attachment",
      name: "disk",
      args: { volume: { idOf: "data" }, size, mount: { path: project.data("disk") } },
    },
  ];
}

/** Without device-mapper there are no snapshots. */
const copies: readonly Made[] = hasDeviceMapper()
  ? [
      { kind: "Snapshot", name: "before", args: { volume: { idOf: "data" } } },
      { kind: "Volume", name: "copy", args: { backend: { idOf: "pool" }, snapshotId: { idOf: "before" } } },
    ]
  : [];

/** What a preview would do, by resource. */
async function changes(project: Project): Promise<Record<string, string>> {
  const text = await project.ok("preview", "--json", "--stack", project.stack);
  const { steps } = JSON.parse(text.slice(text.indexOf("{"))) as { steps: { op: string; urn: string }[] };
  const changed = steps.filter(({ op }) => op !== "same");
  return Object.fromEntries(changed.map(({ op, urn }) => [urn.split("::").at(-1) ?? "", op]));
}

const doors: readonly Door[] = ["dynamic", "plugin"];

for (const door of doors) {
  test(`the same program through the ${door} door: made, unchanged, edited as previewed, gone`, {
    timeout: within(180_000),
  }, async (t) => {
    const project = await Project.make(t, door);
    const earlier = await snapshot(project.data(""));
    project.door = door;
    project.program = [...programOf(project, 1), ...copies];
    await project.okUp("--skip-preview");
    await project.expectNoChanges();
    const file = join(project.data("disk"), "file");
    await writeThrough(file, content);

    project.program = [...programOf(project, 2, { description: "grown", metadata: { tier: "gold" } }), ...copies];
    assert.deepEqual(await changes(project), { data: "update", disk: "update" });
    const said = await project.okUp("--skip-preview");
    assert.match(said, hasDeviceMapper() ? /2 updated\n\s+4 unchanged/ : /2 updated\n\s+2 unchanged/);
    assert.equal(await sha256(file), digest(content));
    await project.expectNoChanges();

    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
    assert.deepEqual(await snapshot(project.data("")), earlier);
  });
}

test("a stack of dynamic resources goes on with the plugin's: the same ids, nothing to do", {
  timeout: within(180_000),
}, async (t) => {
  const project = await Project.make(t, "move");
  const earlier = await snapshot(project.data(""));
  project.program = programOf(project, 1, { description: "moved" });
  await project.okUp("--skip-preview");
  const before = (await project.resources()).map(({ id }) => id);
  await writeThrough(join(project.data("disk"), "file"), content);

  project.door = "plugin";
  await project.ok("preview", "--stack", project.stack, "--expect-no-changes");
  await project.okUp("--skip-preview");
  const moved = await project.resources();
  assert.deepEqual(
    moved.map(({ id }) => id),
    before,
  );
  assert.deepEqual(new Set(moved.map(({ type }) => type.split(":")[0])), new Set(["blockbox"]));
  await project.expectNoChanges();
  assert.equal(await sha256(join(project.data("disk"), "file")), digest(content));
  const { code, output } = await project.destroy("--skip-preview");
  assert.equal(code, 0, output);
  assert.deepEqual(await snapshot(project.data("")), earlier);
});
