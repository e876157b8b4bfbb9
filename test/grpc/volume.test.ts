import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { isZero, pattern, readBytes, writeThrough } from "../support/content.js";
import { CallError } from "../support/rpc.js";
import { logicalVolume, logicalVolumes, loopDevices, lvm, segments } from "../support/system.js";

const gib = 1024 ** 3;
/** On any kernel: volumes in one piece of the file, which loop devices show. */
const loops = { activation: "loop" };
const ops = (steps: { op: string }[]) => steps.map(({ op }) => op);

test("a Volume is a logical volume named as Cinder names it, and can be deleted twice", async (t) => {
  const bed = await makeBed(t, "volume");
  const program = [bed.backend(), bed.volume("data", { size: 2 })];
  await bed.deployment.up(program);
  const { id, outputs } = bed.deployment.get("data");
  assert.match(id, new RegExp(`^${bed.group}/volume-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`));
  assert.equal((await logicalVolume(id)).bytes, 2 * gib);
  assert.match(String(outputs.name), /^data-[0-9a-f]{7}$/);
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same"]);
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same"]);

  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  const left = (await logicalVolumes(bed.group)).filter(({ lv_name: name }) => name?.startsWith("volume-"));
  assert.deepEqual(left, []);
  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  assert.deepEqual(await bed.deployment.refresh(), ["data"]);
  await bed.deployment.destroy();
});

test("a Volume's name, description and metadata change in place and are read back as they were given", async (t) => {
  const bed = await makeBed(t, "words");
  const first = { size: 1, name: "first name" };
  await bed.deployment.up([bed.backend(), bed.volume("data", first)]);
  const { id } = bed.deployment.get("data");
  const { uuid } = await logicalVolume(id);

  const long = "ä€ \"'\\$`&=,@%+".repeat(15);
  const edits = [
    { size: 1, name: "Bücher & Akten, 2. Stock" },
    { size: 1, name: "n", description: "für alle:\tmit Tab\nund zweiter Zeile" },
    { size: 1, name: "n", description: "d", metadata: { tier: "gold", "k=,&": long, ünï: "" } },
    { size: 1, name: "n", description: "d", metadata: { tier: "silver" } },
    { size: 1, name: "n" },
  ];
  for (const inputs of edits) {
    const program = [bed.backend(), bed.volume("data", inputs)];
    assert.deepEqual(ops(await bed.deployment.up(program)), ["same", "update"]);
    assert.deepEqual(await bed.deployment.refresh(), []);
    const { inputs: seen } = bed.deployment.get("data");
    assert.equal(seen.name, inputs.name);
    assert.equal(seen.description, inputs.description);
    assert.deepEqual(seen.metadata, inputs.metadata ?? {});
    assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same"]);
  }
  assert.equal(bed.deployment.get("data").id, id);
  assert.equal((await logicalVolume(id)).uuid, uuid);
  await bed.deployment.destroy();
});

test("a Volume grows in place; one with a neighbour behind it is refused by the neighbour's name", async (t) => {
  const bed = await makeBed(t, "extend");
  const names = ["a", "b", "c"];
  const program = (sizes: Record<string, number> = {}) => [
    bed.backend({ size: 5, lvm: loops }),
    ...names.map((name) => bed.volume(name, { size: sizes[name] ?? 1, name: `volume ${name}` })),
  ];
  await bed.deployment.up(program());
  const nameOf = (lv: string) => names.find((name) => bed.deployment.get(name).id.endsWith(`/${lv}`)) ?? "";
  const places = await segments(bed.group);
  // three of four places are taken, so some volume has another right behind it
  const blocked = places.find(({ last }) => places.some(({ first }) => first === last + 1));
  assert.ok(blocked);
  const behind = places.find(({ first }) => first === blocked.last + 1);
  assert.ok(behind);
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.preview(program({ [nameOf(blocked.lv)]: 2 })), (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.match(error.message, /size/);
    assert.match(error.message, new RegExp(`volume ${nameOf(behind.lv)}|${behind.lv}`));
    return true;
  });
  assert.deepEqual(await bed.snapshot(), earlier);

  const grown = nameOf(blocked.lv);
  names.splice(names.indexOf(nameOf(behind.lv)), 1);
  await bed.deployment.up(program());
  await bed.deployment.up(program({ [grown]: 2 }));
  assert.equal((await logicalVolume(bed.deployment.get(grown).id)).bytes, 2 * gib);
  assert.equal(bed.deployment.get(grown).outputs.size, 2);
  assert.equal((await segments(bed.group)).length, 2, "growth made a second segment");
  await bed.deployment.destroy();
});

test("a deleted Volume's data is zeroed, and with `none` only what is made of it later is", async (t) => {
  const bed = await makeBed(t, "clear");
  const secret = pattern("secret", 64 * 1024);
  const at = 100 * 1024 * 1024;
  const program = (volumeClear: string, withVolume: boolean) => [
    bed.backend({ size: 2, lvm: { ...loops, volumeClear } }),
    ...(withVolume ? [bed.volume("data", { size: 1 }), bed.attachment("disk", "data", { mount: undefined })] : []),
  ];
  /** Makes the volume, writes to it, and answers where on the file that was. */
  const writeSecret = async () => {
    const device = String(bed.deployment.get("disk").outputs.devicePath);
    assert.ok(await isZero(device, 0, gib / 4), "a new volume shows old data");
    await writeThrough(device, secret, at);
    const loop = (await loopDevices()).find(({ name }) => name === device);
    return Number(loop?.offset) + at;
  };
  await bed.deployment.up(program("zero", true));
  const first = await writeSecret();
  assert.deepEqual(await readBytes(bed.image, first, secret.length), secret);
  await bed.deployment.up(program("zero", false));
  assert.ok(await isZero(bed.image, first, secret.length), "the data of a deleted volume is still there");

  await bed.deployment.up(program("none", true));
  const second = await writeSecret();
  await bed.deployment.up(program("none", false));
  assert.deepEqual(await readBytes(bed.image, second, secret.length), secret);
  await bed.deployment.up(program("none", true));
  await writeSecret();
  await bed.deployment.destroy();
});

test("refresh sees what was done behind our back", async (t) => {
  const bed = await makeBed(t, "drift");
  const program = [bed.backend({ lvm: loops }), bed.volume("kept", { size: 1 }), bed.volume("lost", { size: 1 })];
  await bed.deployment.up(program);
  const kept = bed.deployment.get("kept");
  await lvm("lvremove", "--yes", bed.deployment.get("lost").id);
  assert.deepEqual(await bed.deployment.refresh(), ["lost"]);
  assert.deepEqual(ops(await bed.deployment.up(program)), ["same", "same", "create"]);

  const tags = (await logicalVolume(kept.id)).tags.filter((tag) => tag.startsWith("blockbox.name"));
  await lvm("lvchange", ...tags.flatMap((tag) => ["--deltag", tag]), "--addtag", "blockbox.name.0=other", kept.id);
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.equal(bed.deployment.get("kept").inputs.name, "other");
  await bed.deployment.up([
    bed.backend({ lvm: loops }),
    bed.volume("kept", { size: 1, name: "mine" }),
    bed.volume("lost", { size: 1 }),
  ]);
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.equal(bed.deployment.get("kept").inputs.name, "mine");
  await bed.deployment.destroy();
});
