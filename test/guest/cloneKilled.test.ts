import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { checkedInputs, killProvider } from "../support/creating.js";
import { hold } from "../support/held.js";
import { copyOf, mappedOf, snapshotOf } from "../support/snapshots.js";
import { logicalVolume, logicalVolumes } from "../support/system.js";

const mib = 1024 ** 2;
const volumesOf = async (bed: Bed) =>
  (await logicalVolumes(bed.group))
    .map(({ lv_name: name = "" }) => name)
    .filter((name) => /volume|snapshot/.test(name));

/** Creates a copy with a provider that is killed while `program` is held; its child then does its work alone. */
async function killedAt(bed: Bed, program: string, when: string, inputs: Record<string, string>): Promise<void> {
  const held = await hold(bed.dir, program, when);
  bed.deployment.env = { PATH: held.path };
  await bed.deployment.withProvider(async (provider) => {
    const wanted = { kind: "Volume" as const, name: "copy", inputs: { backend: `lvm:${bed.group}`, ...inputs } };
    const checked = await checkedInputs(provider, bed.deployment, wanted);
    const creating = provider.create(checked).catch(() => undefined);
    await held.untilHeld();
    await killProvider(provider);
    await creating;
  });
  bed.deployment.env = {};
  await held.letGo("work");
  await held.remove();
}

for (const [name, attached] of [
  ["attached", true],
  ["idle", false],
] as const) {
  test(`thick: a copy of a volume that is ${name}, killed in the middle, is begun again, and nothing is left of it`, async (t) => {
    const bed = await makeBed(t, `killed-${name}`);
    const earlier = await bed.snapshot();
    const volumes = [bed.backend({ size: 8, lvm: { thinPool: false } }), bed.volume("data", { size: 1 })];
    const disk = bed.attachment("disk", "data");
    await bed.deployment.up([...volumes, disk]);
    const content = pattern("data", 8 * mib);
    await writeThrough(bed.path("disk/file"), content);
    const base = attached ? [...volumes, disk] : volumes;
    await bed.deployment.up(base);
    await killedAt(bed, "dd", "true", { sourceVolumeId: bed.deployment.get("data").id });
    const left = await volumesOf(bed);
    assert.equal(left.length, attached ? 3 : 2);

    await bed.deployment.up([...base, copyOf("copy", { sourceVolumeId: "data" })]);
    const { id } = bed.deployment.get("copy");
    assert.ok(!left.includes(id.split("/")[1] ?? ""), "what a killed copy left was taken over");
    assert.equal((await volumesOf(bed)).length, 2);
    assert.ok(!(await logicalVolume(id)).tags.some((tag) => /copying|mark/.test(tag)));
    await bed.deployment.up([
      volumes[0] as (typeof volumes)[0],
      bed.volume("copy", { size: 1 }),
      bed.attachment("kept", "copy"),
    ]);
    assert.equal(await sha256(bed.path("kept/file")), digest(content));
    await bed.deployment.destroy();
    assert.deepEqual(await mappedOf(bed.group), []);
    assert.deepEqual(await bed.snapshot(), earlier);
  });
}

test("thick: what a killed copy and a killed snapshot left, and no program wants, goes with the volume and the Backend", async (t) => {
  const bed = await makeBed(t, "killed-unwanted");
  const earlier = await bed.snapshot();
  const program = [bed.backend({ size: 8, lvm: { thinPool: false } }), bed.volume("data", { size: 1 })];
  await bed.deployment.up([...program, snapshotOf("taken", "data")]);
  await killedAt(bed, "dd", "true", { snapshotId: bed.deployment.get("taken").id });
  await bed.deployment.withProvider(async (provider) => {
    const wanted = { kind: "Snapshot" as const, name: "lost", inputs: { volume: bed.deployment.get("data").id } };
    await provider.create(await checkedInputs(provider, bed.deployment, wanted));
    await killProvider(provider);
  });
  assert.equal((await volumesOf(bed)).length, 4);
  await bed.deployment.destroy();
  assert.deepEqual(await mappedOf(bed.group), []);
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("thin: a snapshot and a clone whose creates were never answered are not doubled", async (t) => {
  const bed = await makeBed(t, "killed-thin");
  const program = [bed.backend({ size: 6, lvm: { thinPool: true } }), bed.volume("data", { size: 1 })];
  await bed.deployment.up(program);
  const { id: volume } = bed.deployment.get("data");
  const ids = await bed.deployment.withProvider(async (provider) => {
    const snapshot = { kind: "Snapshot" as const, name: "taken", inputs: { volume } };
    const taken = await provider.create(await checkedInputs(provider, bed.deployment, snapshot));
    const inputs = { backend: `lvm:${bed.group}`, sourceVolumeId: volume };
    const clone = { kind: "Volume" as const, name: "copy", inputs };
    const cloned = await provider.create(await checkedInputs(provider, bed.deployment, clone));
    await killProvider(provider);
    return { taken: taken.id, cloned: cloned.id };
  });
  await bed.deployment.up([...program, snapshotOf("taken", "data"), copyOf("copy", { sourceVolumeId: "data" })]);
  assert.equal((await volumesOf(bed)).length, 3);
  assert.equal(bed.deployment.get("copy").id, ids.cloned);
  assert.notEqual(bed.deployment.get("taken").id, ids.taken, "a snapshot of another moment");
  await bed.deployment.destroy();
});
