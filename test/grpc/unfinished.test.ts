import assert from "node:assert/strict";
import { existsSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { letGo, loopsOver } from "../support/cleanup.js";
import { killProvider } from "../support/creating.js";
import { type Held, hold } from "../support/held.js";
import { CallError } from "../support/rpc.js";
import { logicalVolume, logicalVolumes, lvm, volumeGroups } from "../support/system.js";

const deletingTag = "blockbox.deleting";

/** A refusal with this code, after which the state knows what it knew. */
function refused(code: string, method: string) {
  return (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.equal(error.method, method);
    assert.equal(error.init, undefined, "counts as partly made");
    assert.ok(error.message.includes(`[${code}]`), error.message);
    assert.doesNotMatch(error.message, /\n\s+at /);
    return true;
  };
}

/** Deletes with a provider that is killed while its child is held. */
async function cutShort(bed: Bed, name: string, held: Held): Promise<void> {
  const { id, outputs } = bed.deployment.get(name);
  bed.deployment.env = { PATH: held.path };
  await bed.deployment.withProvider(async (provider) => {
    const deleting = provider.delete(id, outputs).then(
      () => "deleted",
      () => "cut short",
    );
    await held.untilHeld();
    await killProvider(provider);
    assert.equal(await deleting, "cut short");
  });
  bed.deployment.env = {};
}

/** Where the loop file is from the beginning of its Backend's delete on. */
function retiredFile(bed: Bed): string {
  const { vgUuid } = bed.deployment.get("pool").outputs.__location as { vgUuid: string };
  return join(dirname(bed.image), `.pool.img.${vgUuid}.deleted`);
}

const groupIsThere = async (bed: Bed) => (await volumeGroups()).some(({ vg_name: name }) => name === bed.group);

async function assertUnusable(bed: Bed): Promise<void> {
  const before = await bed.snapshot();
  const programs = [
    [bed.backend(), bed.volume("data", { size: 1, name: "renamed" })],
    [bed.backend(), bed.volume("data", { size: 2 })],
  ];
  for (const program of programs) await assert.rejects(bed.deployment.up(program), refused("UNFINISHED", "update"));
  await assert.rejects(
    bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 }), bed.attachment("disk", "data")]),
    refused("UNFINISHED", "create"),
  );
  assert.deepEqual(await bed.snapshot(), before);
  assert.deepEqual([...bed.deployment.state.keys()].sort(), ["data", "pool"]);
}

test("a Volume's delete that was killed while clearing: nothing may use the volume, and a delete run again finishes", async (t) => {
  const bed = await makeBed(t, "clearing");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  const { id } = bed.deployment.get("data");
  const held = await hold(bed.dir, "blkdiscard");
  await cutShort(bed, "data", held);
  await held.letGo("fail");
  await held.remove();
  assert.ok((await logicalVolume(id)).tags.includes(deletingTag));
  await assertUnusable(bed);
  await bed.deployment.up([bed.backend()]);
  assert.deepEqual(await logicalVolumes(bed.group), []);
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a Volume's delete that was killed before lvremove: the same", async (t) => {
  const bed = await makeBed(t, "cleared");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  const held = await hold(bed.dir, "lvm", '[ "$1" = lvremove ]');
  await cutShort(bed, "data", held);
  await held.letGo("fail");
  await held.remove();
  await assertUnusable(bed);
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a Volume's delete whose orphan ends its work: a delete run again finds it gone", async (t) => {
  const bed = await makeBed(t, "orphan");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  const held = await hold(bed.dir, "lvm", '[ "$1" = lvremove ]');
  await cutShort(bed, "data", held);
  await held.letGo("work");
  await held.remove();
  assert.deepEqual(await logicalVolumes(bed.group), []);
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a volume whose deletion has begun and that no state knows is not taken over by the next create", async (t) => {
  const bed = await makeBed(t, "reborn");
  await bed.deployment.up([bed.backend()]);
  const made = await bed.deployment.withProvider(async (provider) => {
    const hidden = bed.deployment.hidden({ kind: "Volume", name: "data" });
    const { inputs } = await provider.check({}, { backend: `lvm:${bed.group}`, size: 1, ...hidden });
    const created = await provider.create(inputs);
    await killProvider(provider);
    return created;
  });
  await lvm("lvchange", "--yes", "--addtag", deletingTag, made.id);
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  assert.notEqual(bed.deployment.get("data").id, made.id);
  assert.equal((await logicalVolumes(bed.group)).length, 1);
  assert.ok(!(await logicalVolume(bed.deployment.get("data").id)).tags.includes(deletingTag));
  await bed.deployment.destroy();
});

test("a Backend's delete that was killed before vgremove: it is not changed any more, and a delete run again finishes", async (t) => {
  const bed = await makeBed(t, "group");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend({ size: 3 })]);
  const held = await hold(bed.dir, "lvm", '[ "$1" = vgremove ]');
  await cutShort(bed, "pool", held);
  await held.letGo("fail");
  await held.remove();
  assert.ok(existsSync(retiredFile(bed)) && !existsSync(bed.image));
  assert.ok(await groupIsThere(bed));
  const before = await bed.snapshot();
  await assert.rejects(bed.deployment.up([bed.backend({ size: 3 })]), refused("UNFINISHED", "update"));
  await assert.rejects(bed.deployment.up([bed.backend({ size: 4 })]), refused("UNFINISHED", "update"));
  assert.deepEqual(await bed.snapshot(), before);
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a Backend's delete whose orphan removes the group: a delete run again removes the file", async (t) => {
  const bed = await makeBed(t, "file");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend()]);
  const held = await hold(bed.dir, "lvm", '[ "$1" = vgremove ]');
  await cutShort(bed, "pool", held);
  await held.letGo("work");
  await held.remove();
  assert.ok(existsSync(retiredFile(bed)));
  assert.equal(await groupIsThere(bed), false);
  await assert.rejects(bed.deployment.up([bed.backend()]), refused("UNFINISHED", "update"));
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a Backend's delete cut short by a reboot: it is not brought back, and a delete run again finishes", async (t) => {
  const bed = await makeBed(t, "reboot");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend()]);
  const retired = retiredFile(bed);
  renameSync(bed.image, retired);
  await letGo(bed.dir);
  const before = await bed.snapshot();
  await assert.rejects(bed.deployment.up([bed.backend()]), refused("UNFINISHED", "update"));
  assert.deepEqual(await bed.snapshot(), before);
  await bed.deployment.destroy();
  assert.deepEqual(await loopsOver(retired), []);
  assert.deepEqual(await bed.snapshot(), earlier);
});
