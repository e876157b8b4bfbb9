import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loopsOver, mountsUnder } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { holdLvmLock } from "../support/lvmLock.js";
import { type Made, Project } from "../support/pulumi.js";
import { hasDeviceMapper, logicalVolumes, snapshot } from "../support/system.js";

// Two stacks whose volumes are in one group, and lvm's own lock held by another program meanwhile.

/** A volume each, mounted, of so many GiB. */
function volumesOf(project: Project, backend: Made["args"], sizes: Record<string, number>): Made[] {
  return Object.entries(sizes).flatMap(([name, size]): Made[] => [
    { kind: "Volume", name, args: { ...backend, size } },
    {
      kind: "Attachment",
      name: `disk-${name}`,
      args: { volume: { ref: name }, size, mount: { path: project.data(name) } },
    },
  ]);
}

const contentOf = (project: Project, name: string) => pattern(`${project.stack} ${name}`, 4 * 1024 * 1024 + 9);
const fileOf = (project: Project, name: string) => join(project.data(name), "file");

test("two programs make, let grow and delete volumes of one group at the same time: each has its own, and data are whole", {
  timeout: 240_000,
}, async (t) => {
  const guest = await Project.make(t, "guest");
  const owner = await Project.make(t, "owner");
  const earlier = await snapshot(owner.data(""), guest.data(""));
  const loopFile = { path: owner.data("pool.img"), size: 13, sparse: true };
  const pool: Made = { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: owner.group, loopFile } } };
  const both = [owner, guest];
  const programs = (sizes: Record<string, number>) => {
    owner.program = [pool, ...volumesOf(owner, { backend: { ref: "pool" } }, sizes)];
    guest.program = volumesOf(guest, { backend: `lvm:${owner.group}` }, sizes);
  };
  const assertEachItsOwn = async (names: string[]) => {
    const ids: string[] = [];
    for (const project of both) {
      for (const name of names) {
        ids.push((await project.resource(name)).id);
        assert.equal(await sha256(fileOf(project, name)), digest(contentOf(project, name)), `${project.stack} ${name}`);
      }
      assert.deepEqual(
        (await mountsUnder(project.data(""))).sort(),
        names.map((name) => project.data(name)),
      );
    }
    const lvs = await logicalVolumes(owner.group);
    const found = lvs.map(({ lv_name: lv = "" }) => lv).filter((lv) => lv.startsWith("volume-"));
    assert.deepEqual(found.map((lv) => `${owner.group}/${lv}`).sort(), ids.sort());
    assert.equal((await loopsOver(loopFile.path)).length, hasDeviceMapper() ? 1 : 1 + ids.length);
  };

  owner.program = [pool];
  await owner.okUp("--skip-preview");
  programs({ a: 1, b: 1 });
  await Promise.all(both.map((project) => project.okUp()));
  for (const project of both)
    for (const name of ["a", "b"]) await writeThrough(fileOf(project, name), contentOf(project, name));
  await assertEachItsOwn(["a", "b"]);

  programs({ a: 2, c: 1 });
  await Promise.all(both.map((project) => project.okUp("--skip-preview")));
  for (const project of both) {
    assert.equal((await project.resource("a")).outputs.size, 2);
    await writeThrough(fileOf(project, "c"), contentOf(project, "c"));
  }
  await assertEachItsOwn(["a", "c"]);
  await Promise.all(both.map((project) => project.expectNoChanges()));

  // The group is not removed from under the other's volumes.
  const { code, output } = await owner.destroy("--skip-preview");
  assert.notEqual(code, 0, output);
  assert.ok(output.includes(String((await guest.resource("a")).id.split("/")[1])), output);
  for (const name of ["a", "c"]) assert.equal(await sha256(fileOf(guest, name)), digest(contentOf(guest, name)));
  await guest.ok("destroy", "--yes", "--skip-preview", "--stack", guest.stack);
  await owner.ok("destroy", "--yes", "--skip-preview", "--stack", owner.stack);
  assert.deepEqual(await snapshot(owner.data(""), guest.data("")), earlier);
});

test("lvm's own lock of the group is held for 30 s by another program: an up waits, says for whom, and succeeds", {
  timeout: 180_000,
}, async (t) => {
  const project = await Project.make(t, "held");
  const loopFile = { path: project.data("pool.img"), size: 3, sparse: true };
  const pool: Made = { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } };
  project.program = [pool];
  await project.okUp("--skip-preview");
  project.program = [pool, { kind: "Volume", name: "data", args: { backend: { ref: "pool" }, size: 1 } }];
  const holder = await holdLvmLock(t, project.group, 30);
  const output = await project.okUp("--skip-preview");
  assert.equal(holder.exitCode, 0, "it did not wait");
  const words = `waiting for lvm's lock /run/lock/lvm/V_${project.group}, held by process ${holder.pid} (sleep)`;
  assert.ok(output.includes(words), output);
  const made = (await logicalVolumes(project.group)).map(({ lv_name: lv }) => `${project.group}/${lv}`);
  assert.deepEqual(made, [(await project.resource("data")).id]);
  await project.ok("destroy", "--yes", "--skip-preview", "--stack", project.stack);
});
