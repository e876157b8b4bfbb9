import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { loopsOver } from "../support/cleanup.js";
import { uniqueName } from "../support/deployment.js";
import { inGuest } from "../support/guest.js";
import { CallError } from "../support/rpc.js";
import { lvm, physicalVolumes, snapshot, volumeGroups } from "../support/system.js";

const gib = 1024 ** 3;

test("a Backend is a volume group on a loop file, and its delete leaves nothing", async (t) => {
  const bed = await makeBed(t, "backend");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend({ size: 4 })]);
  const { id, outputs } = bed.deployment.get("pool");

  const [device] = await loopsOver(bed.image);
  assert.equal(id, `lvm:${bed.group}`);
  assert.equal(outputs.kind, "lvm");
  assert.equal(outputs.volumeGroup, bed.group);
  // By itself it is whatever the kernel can.
  assert.equal(outputs.thin, inGuest);
  assert.equal(outputs.activation, inGuest ? "deviceMapper" : "loop");
  assert.equal(outputs.state, "up");
  assert.equal(outputs.totalGib, 3);
  assert.deepEqual(outputs.devices, [device]);

  const file = await stat(bed.image);
  assert.equal(file.size, 4 * gib);
  assert.equal(file.mode & 0o7777, 0o600);
  assert.ok(file.blocks * 512 < gib, "a sparse file was reserved");
  const group = (await volumeGroups()).find(({ vg_name: name }) => name === bed.group);
  assert.match(group?.vg_tags ?? "", /blockbox/);
  assert.match(await lvm("vgs", "--noheadings", "-o", "vg_autoactivation", bed.group), /^\s*$/);

  assert.deepEqual(
    (await bed.deployment.preview([bed.backend({ size: 4 })])).map(({ op }) => op),
    ["same"],
  );
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.deepEqual(
    (await bed.deployment.preview([bed.backend({ size: 4 })])).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("with no inputs it is named by itself, in /var/lib/blockbox, with its space reserved", async (t) => {
  const bed = await makeBed(t, "auto");
  const earlier = await snapshot();
  const name = uniqueName("auto");
  await bed.deployment.up([{ kind: "Backend", name, inputs: {} }]);
  try {
    const { outputs } = bed.deployment.get(name);
    assert.match(String(outputs.name), new RegExp(`^${name}-[0-9a-f]{7}$`));
    assert.equal(outputs.volumeGroup, outputs.name);
    const { loopFile } = outputs.lvm as { loopFile: { path: string; size: number; sparse: boolean } };
    assert.deepEqual(loopFile, { path: `/var/lib/blockbox/${outputs.name}.img`, size: 10, sparse: false });
    const file = await stat(loopFile.path);
    assert.equal(file.size, 10 * gib);
    assert.ok(file.blocks * 512 >= 10 * gib, "the space is not reserved");
  } finally {
    await bed.deployment.destroy();
  }
  assert.deepEqual(await snapshot(), earlier);
});

test("its loop file grows in place", async (t) => {
  const bed = await makeBed(t, "grow");
  await bed.deployment.up([bed.backend({ size: 3 })]);
  const before = bed.deployment.get("pool");
  const larger = [bed.backend({ size: 5 })];
  assert.deepEqual(
    (await bed.deployment.preview(larger)).map(({ op }) => op),
    ["update"],
  );
  assert.equal((await stat(bed.image)).size, 3 * gib);
  await bed.deployment.up(larger);
  const after = bed.deployment.get("pool");
  assert.equal(after.id, before.id);
  assert.equal(after.outputs.totalGib, 4);
  assert.deepEqual(after.outputs.devices, before.outputs.devices);
  assert.equal((await stat(bed.image)).size, 5 * gib);
  const pv = (await physicalVolumes()).find(({ vg_name: name }) => name === bed.group);
  assert.ok(Number(pv?.pv_size) > 4 * gib);
  assert.deepEqual(
    (await bed.deployment.preview(larger)).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.destroy();
});

test("an empty Backend is replaced by one of another group name on the same file", async (t) => {
  const bed = await makeBed(t, "again");
  await bed.deployment.up([bed.backend()]);
  const renamed = [bed.backend({ lvm: { volumeGroup: `${bed.group}-new` } })];
  assert.deepEqual(
    (await bed.deployment.preview(renamed)).map(({ op, diff }) => [op, diff?.deleteBeforeReplace]),
    [["replace", true]],
  );
  await bed.deployment.up(renamed);
  assert.equal(bed.deployment.get("pool").id, `lvm:${bed.group}-new`);
  await bed.deployment.destroy();
  assert.equal(existsSync(bed.image), false);
});

test("it is not deleted while something is in it that is not ours", async (t) => {
  const bed = await makeBed(t, "held");
  await bed.deployment.up([bed.backend()]);
  await lvm("lvcreate", "-an", "-Zn", "-Wn", "-y", "-L", "64M", "-n", "somebodys", bed.group);
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.destroy(), (error: unknown) => {
    assert.ok(error instanceof CallError);
    assert.match(error.message, /somebodys/);
    assert.equal(error.init, undefined);
    return true;
  });
  assert.deepEqual(await bed.snapshot(), earlier);
  assert.equal(bed.deployment.get("pool").id, `lvm:${bed.group}`);
  await lvm("lvremove", "--yes", `${bed.group}/somebodys`);
  await bed.deployment.destroy();
  assert.equal(existsSync(bed.image), false);
});

test("its delete can be repeated after its reply was lost", async (t) => {
  const bed = await makeBed(t, "again");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend()]);
  const { id, outputs } = bed.deployment.get("pool");
  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("get: an id alone is enough to read it", async (t) => {
  const bed = await makeBed(t, "get");
  await bed.deployment.up([bed.backend()]);
  const { id, outputs } = bed.deployment.get("pool");
  const seen = await bed.deployment.withProvider((provider) =>
    provider.read(id, bed.deployment.hidden({ kind: "Backend", name: "found" })),
  );
  assert.equal(seen.id, id);
  for (const name of ["kind", "volumeGroup", "thin", "activation", "state", "totalGib", "devices", "lvm"]) {
    assert.deepEqual(seen.outputs[name], outputs[name], name);
  }
  await bed.deployment.destroy();
});
