import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { pattern, writeThrough } from "../support/content.js";
import { createUnknown, killProvider } from "../support/creating.js";
import { CheckFailed } from "../support/deployment.js";
import { hold } from "../support/held.js";
import { CallError } from "../support/rpc.js";
import { logicalVolume, logicalVolumes } from "../support/system.js";

const gib = 1024 ** 3;
const ops = (steps: { op: string }[]) => steps.map(({ op }) => op);

test("thin volumes are made, changed, grown and removed in the group's pool", async (t) => {
  const bed = await makeBed(t, "thin");
  const program = (inputs: Record<string, unknown>) => [bed.backend({ size: 4 }), bed.volume("data", inputs)];
  await bed.deployment.up(program({ size: 1, metadata: { tier: "gold" }, bootable: true }));
  const { id, outputs } = bed.deployment.get("data");
  const made = await logicalVolume(id);
  assert.match(made.attr, /^Vwi-..tz--/);
  assert.equal(made.bytes, gib);
  assert.equal(outputs.bootable, true);
  assert.match(String(outputs.createdAt), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(await bed.deployment.refresh(), []);

  const changed = { size: 2, name: "other", metadata: { tier: "silver" }, readOnly: true };
  assert.deepEqual(ops(await bed.deployment.up(program(changed))), ["same", "update"]);
  const after = await logicalVolume(id);
  assert.deepEqual([after.uuid, after.bytes, after.attr.slice(0, 2)], [made.uuid, 2 * gib, "Vr"]);
  assert.deepEqual(await bed.deployment.refresh(), []);
  const { inputs } = bed.deployment.get("data");
  assert.deepEqual([inputs.name, inputs.readOnly, inputs.metadata], ["other", true, { tier: "silver" }]);
  assert.deepEqual(ops(await bed.deployment.preview(program(changed))), ["same", "same"]);

  const rw = bed.attachment("disk", "data", { mount: undefined });
  await assert.rejects(bed.deployment.preview([...program(changed), rw]), (error: unknown) => {
    assert.ok(error instanceof CheckFailed, String(error));
    assert.match(error.message, /mode: must be "ro": the volume is read only/);
    return true;
  });
  const ro = bed.attachment("disk", "data", { mount: undefined, mode: "ro" });
  await bed.deployment.up([...program(changed), ro]);
  await assert.rejects(bed.deployment.preview([...program({ ...changed, readOnly: false }), ro]), (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.match(error.message, /readOnly .*while the volume is attached/);
    return true;
  });
  await bed.deployment.up([bed.backend({ size: 4 })]);
  const left = (await logicalVolumes(bed.group)).filter(({ lv_name: name }) => name?.startsWith("volume-"));
  assert.deepEqual(left, []);
  await bed.deployment.destroy();
});

test("a pool promises no more than its ratio, judged over all volumes together, and again when they are made", async (t) => {
  const bed = await makeBed(t, "promises");
  const program = (ratio: number, sizes: Record<string, number>, size = 4) => [
    bed.backend({ size, lvm: { thinPool: { maxOverSubscriptionRatio: ratio } } }),
    ...Object.entries(sizes).map(([name, size]) => bed.volume(name, { size })),
  ];
  const refused = (words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof CheckFailed || error instanceof CallError, String(error));
    assert.match(error.message, words);
    return true;
  };
  // A Backend of the same update is judged by its inputs: 95 % of 4 GiB hold three.
  await assert.rejects(
    bed.deployment.preview(program(1, { a: 2, b: 2 })),
    refused(/^b: size: does not fit: thin pool .* has 3\.\d GiB; .* 1 GiB are left/),
  );
  await bed.deployment.up(program(1, { a: 2, b: 1 }));
  await assert.rejects(
    bed.deployment.preview(program(1, { a: 2, b: 2 })),
    refused(/size .*cannot grow to 2 GiB: thin pool/),
  );
  await bed.deployment.preview(program(2, { a: 2, b: 4 }));
  await assert.rejects(
    bed.deployment.preview(program(2, { a: 2, b: 4, c: 2 })),
    refused(/size.* may promise 2 times that/),
  );
  await bed.deployment.up(program(2, { a: 2, b: 4 }));
  await bed.deployment.preview(program(1, { a: 2, b: 4, c: 2 }, 9));

  // What only became too much since the preview is refused before anything is made.
  await assert.rejects(
    bed.deployment.withProvider((provider) =>
      provider.create({
        ...{ backend: `lvm:${bed.group}`, size: 5, name: "late", metadata: {} },
        ...bed.deployment.hidden({ kind: "Volume", name: "late", backend: "pool" }),
      }),
    ),
    refused(/may promise 1 GiB more, not 5/),
  );
  await bed.deployment.destroy();
});

test("a thin volume that a killed create left is taken over, and one that holds data is never formatted", async (t) => {
  const bed = await makeBed(t, "thinleft");
  await bed.deployment.up([bed.backend()]);
  const held = await hold(bed.dir, "lvm", '[ "$1" = lvcreate ]', '"$real" "$@" >/dev/null 2>&1');
  bed.deployment.env = { PATH: held.path };
  const killed = bed.deployment.withProvider(async (provider) => {
    const inputs = { backend: `lvm:${bed.group}`, size: 1 };
    const creating = createUnknown(provider, bed.deployment, { kind: "Volume", name: "data", inputs });
    creating.catch(() => undefined);
    await held.untilHeld();
    await killProvider(provider);
    await creating;
  });
  await assert.rejects(killed);
  await held.letGo("fail");
  await held.remove();
  bed.deployment.env = {};
  const volumes = async () =>
    (await logicalVolumes(bed.group)).filter(({ lv_name: name }) => /^volume-/.test(name ?? ""));
  const [left] = await volumes();
  const without = [bed.backend(), bed.volume("data", { size: 1 })];
  await bed.deployment.up([...without, bed.attachment("disk", "data", { mount: undefined })]);
  const made = await logicalVolume(bed.deployment.get("data").id);
  assert.deepEqual([made.uuid, (await volumes()).length], [left?.lv_uuid, 1]);

  // blkid finds nothing in these: only reading them tells, which takes the device.
  await writeThrough(String(bed.deployment.get("disk").outputs.devicePath), pattern("random", 4096), 2 * 1024 ** 2);
  await bed.deployment.up(without);
  const earlier = await bed.snapshot();
  const { tags } = await logicalVolume(bed.deployment.get("data").id);
  const mounted = bed.attachment("disk", "data");
  assert.deepEqual(ops(await bed.deployment.preview([...without, mounted])), ["same", "same", "create"]);
  await assert.rejects(bed.deployment.up([...without, mounted]), (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.deepEqual([error.method, error.init], ["create", undefined]);
    assert.match(error.message, /holds data in its first 4 MiB.*\[NOT_BLANK\]/s);
    return true;
  });
  assert.deepEqual(await bed.snapshot(), earlier);
  assert.deepEqual((await logicalVolume(bed.deployment.get("data").id)).tags, tags);
  assert.equal(bed.deployment.state.has("disk"), false);
  await bed.deployment.destroy();
});
