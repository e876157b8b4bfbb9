import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bed, makeBed } from "../support/bed.js";
import type { Kind } from "../support/deployment.js";
import type { Created, Props } from "../support/rpc.js";
import { logicalVolume, logicalVolumes, volumeGroups } from "../support/system.js";

const marked = async (id: string) => (await logicalVolume(id)).tags.some((tag) => tag.startsWith("blockbox.mark"));

/** Creates, and ends the provider without any goodbye: the reply is as good as lost. */
async function createThenKill(bed: Bed, kind: Kind, name: string, inputs: Props): Promise<Created> {
  return bed.deployment.withProvider(async (provider) => {
    const { inputs: checked, failures } = await provider.check(
      {},
      { ...inputs, ...bed.deployment.hidden({ kind, name }) },
    );
    assert.deepEqual(failures, []);
    const made = await provider.create(checked);
    process.kill(provider.pid, "SIGKILL");
    await provider.exited;
    return made;
  });
}

test("a Backend whose create was never answered is taken over by the next, as the program wants it now", async (t) => {
  const bed = await makeBed(t, "pool");
  const earlier = await bed.snapshot();
  const loopFile = { path: bed.path("made/for/it/pool.img"), size: 3, sparse: true };
  const declared = (size: number, volumeClear: string) =>
    bed.backend({ lvm: { loopFile: { ...loopFile, size }, volumeClear } });
  const made = await createThenKill(bed, "Backend", "pool", declared(3, "zero").inputs as Props);
  await bed.deployment.up([declared(4, "none")]);
  const { id, outputs } = bed.deployment.get("pool");
  assert.equal(id, made.id);
  assert.equal(outputs.totalGib, 3);
  assert.equal((await volumeGroups()).filter(({ vg_name: name }) => name?.startsWith(bed.group)).length, 1);
  await bed.deployment.refresh();
  assert.deepEqual(
    (await bed.deployment.preview([declared(4, "none")])).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a Volume whose create was never answered is not made twice", async (t) => {
  const bed = await makeBed(t, "lost");
  await bed.deployment.up([bed.backend({ size: 6 })]);
  const inputs = { backend: `lvm:${bed.group}`, size: 1 };
  const made = await createThenKill(bed, "Volume", "data", inputs);
  assert.ok(await marked(made.id));
  // this one is not what is wanted later
  await createThenKill(bed, "Volume", "other", inputs);
  await bed.deployment.up([
    bed.backend({ size: 6 }),
    bed.volume("data", { size: 1, name: "new" }),
    bed.volume("other", { size: 2 }),
  ]);
  assert.equal((await logicalVolumes(bed.group)).length, 2);
  assert.equal(bed.deployment.get("data").id, made.id);
  assert.equal((await logicalVolume(bed.deployment.get("other").id)).bytes, 2 * 1024 ** 3);
  await bed.deployment.refresh();
  assert.equal(bed.deployment.get("data").inputs.name, "new");
  await bed.deployment.destroy();
});

test("what a killed create has taken is no reason to refuse the next", async (t) => {
  const bed = await makeBed(t, "full");
  await bed.deployment.up([bed.backend({ size: 4 })]);
  const made = await createThenKill(bed, "Volume", "data", { backend: `lvm:${bed.group}`, size: 3 });
  const program = [bed.backend({ size: 4 }), bed.volume("data", { size: 3 })];
  await bed.deployment.preview(program);
  await bed.deployment.up(program);
  assert.equal(bed.deployment.get("data").id, made.id);
  await bed.deployment.destroy();
});

test("what a killed create left and no program wants goes with its Backend", async (t) => {
  const bed = await makeBed(t, "orphan");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend()]);
  await createThenKill(bed, "Volume", "data", { backend: `lvm:${bed.group}`, size: 1 });
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a mark goes at orderly exit, and in a quiet moment", async (t) => {
  const bed = await makeBed(t, "unmark");
  await bed.deployment.withProvider(() => bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]));
  assert.equal(await marked(bed.deployment.get("data").id), false);
  await bed.deployment.withProvider(async () => {
    await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 }), bed.volume("more", { size: 1 })]);
    const { id } = bed.deployment.get("more");
    assert.ok(await marked(id));
    for (let tries = 0; tries < 60 && (await marked(id)); tries += 1) await sleep(100);
    assert.equal(await marked(id), false);
  });
  await bed.deployment.destroy();
});

test("a mark stays when the engine dies, and goes when refresh names the volume", async (t) => {
  const bed = await makeBed(t, "engine");
  await bed.deployment.up([bed.backend()]);
  await bed.deployment.withProvider(async (provider) => {
    await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
    await provider.engine.die();
    await provider.exited;
  });
  const { id } = bed.deployment.get("data");
  assert.ok(await marked(id));
  await bed.deployment.withProvider(() => bed.deployment.refresh());
  assert.equal(await marked(id), false);
  await bed.deployment.destroy();
});

test("a replacement never takes over what it replaces", async (t) => {
  const bed = await makeBed(t, "replace");
  await bed.deployment.up([bed.backend()]);
  await bed.deployment.withProvider(async (provider) => {
    await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
    const { id, inputs, outputs } = bed.deployment.get("data");
    assert.ok(await marked(id));
    // a forced replacement: diff with the old id, then create, both of one identity
    await provider.diff(id, outputs, inputs);
    const { inputs: anew } = await provider.check({}, { ...inputs });
    const second = await provider.create(anew);
    assert.notEqual(second.id, id);
    await provider.delete(second.id, second.outputs);
  });
  await bed.deployment.destroy();
});
