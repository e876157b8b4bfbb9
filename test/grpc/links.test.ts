import assert from "node:assert/strict";
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";

test("a loop file below a symbolic link is the same file: nothing differs after a refresh", async (t) => {
  const bed = await makeBed(t, "link");
  mkdirSync(bed.path("real"));
  symlinkSync(bed.path("real"), bed.path("link"));
  const program = [bed.backend({ lvm: { loopFile: { path: bed.path("link/pool.img"), size: 2, sparse: true } } })];
  await bed.deployment.up(program);
  await bed.deployment.refresh();
  assert.deepEqual(
    (await bed.deployment.preview(program)).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.destroy();
  assert.equal(existsSync(bed.path("real/pool.img")), false);
});

test("a link to nothing is not written over", async (t) => {
  const bed = await makeBed(t, "dangling");
  symlinkSync(bed.path("nothing"), bed.image);
  await assert.rejects(bed.deployment.preview([bed.backend()]), /exists already/);
});

test("a mount point that goes through a symbolic link is refused with the path to give", async (t) => {
  const bed = await makeBed(t, "through");
  mkdirSync(bed.path("real"));
  symlinkSync(bed.path("real"), bed.path("link"));
  const mount = { path: bed.path("link/disk") };
  const program = [bed.backend(), bed.volume("data", { size: 1 }), bed.attachment("disk", "data", { mount })];
  await assert.rejects(bed.deployment.preview(program), new RegExp(`give ${bed.path("real/disk")}`));
});

test("a delete never takes another file for the Backend's own", async (t) => {
  const bed = await makeBed(t, "another");
  const program = [bed.backend()];
  await bed.deployment.up(program);
  renameSync(bed.image, bed.path("moved.img"));
  writeFileSync(bed.image, "somebody's");
  await assert.rejects(bed.deployment.destroy(), /moved\.img, and not on the Backend's file/);
  assert.ok(existsSync(bed.image) && existsSync(bed.path("moved.img")));
  renameSync(bed.path("moved.img"), bed.image);
  await bed.deployment.destroy();
});
