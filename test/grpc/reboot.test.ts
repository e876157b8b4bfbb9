import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { letGo, loopsOver, mountsUnder } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import type { Program } from "../support/deployment.js";
import { CallError } from "../support/rpc.js";

const ops = (steps: { op: string }[]) => steps.map(({ op }) => op);
const bytes = pattern("reboot", 2 * 1024 * 1024 + 5);
const programOf = (bed: Bed): Program => [
  bed.backend(),
  bed.volume("data", { size: 1 }),
  bed.attachment("disk", "data"),
];

async function filled(bed: Bed): Promise<string> {
  await bed.deployment.up(programOf(bed));
  const file = join(bed.path("disk"), "file");
  await writeThrough(file, bytes);
  return file;
}

/** A provider's refusal, which leaves what exists and what the state says of it alone. */
function refused(what: RegExp, method?: string) {
  return (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    if (method !== undefined) assert.equal(error.method, method);
    assert.equal(error.init, undefined);
    assert.match(error.message, what);
    assert.doesNotMatch(error.message, /\n\s+at |Error:/);
    return true;
  };
}

test("after a reboot a plain up brings everything back, data whole", async (t) => {
  const bed = await makeBed(t, "reboot");
  const file = await filled(bed);
  const ids = [...bed.deployment.state.values()].map(({ id }) => id);
  await letGo(bed.dir);
  assert.deepEqual(await mountsUnder(bed.dir), []);
  assert.deepEqual(await loopsOver(bed.image), []);

  const earlier = await bed.snapshot();
  assert.deepEqual(ops(await bed.deployment.preview(programOf(bed))), ["update", "same", "update"]);
  assert.deepEqual(await bed.snapshot(), earlier);
  assert.deepEqual(ops(await bed.deployment.up(programOf(bed))), ["update", "same", "update"]);
  assert.equal(await sha256(file), digest(bytes));
  assert.deepEqual(
    [...bed.deployment.state.values()].map(({ id }) => id),
    ids,
  );
  assert.equal(bed.deployment.get("pool").outputs.state, "up");
  assert.deepEqual(bed.deployment.get("pool").outputs.devices, (await loopsOver(bed.image)).slice(-1));
  assert.deepEqual(ops(await bed.deployment.preview(programOf(bed))), ["same", "same", "same"]);
  await bed.deployment.destroy();
});

test("after a reboot what is edited is edited too: one up is enough", async (t) => {
  const bed = await makeBed(t, "edit");
  const file = await filled(bed);
  await letGo(bed.dir);
  const edited = [
    bed.backend({ size: 5 }),
    bed.volume("data", { size: 2, name: "renamed" }),
    bed.attachment("disk", "data", { size: 2 }),
    bed.volume("more", { size: 1 }),
  ];
  await bed.deployment.up(edited);
  assert.equal(await sha256(file), digest(bytes));
  assert.deepEqual(ops(await bed.deployment.preview(edited)), ["same", "same", "same", "same"]);
  await bed.deployment.destroy();
});

test("absent is not gone: while the loop device is missing, nothing leaves the state", async (t) => {
  const bed = await makeBed(t, "absent");
  const file = await filled(bed);
  await letGo(bed.dir);
  const earlier = await bed.snapshot();
  const { id, outputs } = bed.deployment.get("data");

  await bed.deployment.withProvider(async (provider) => {
    await assert.rejects(
      provider.read(id, outputs),
      refused(/`pulumi up` brings its Backend back.*\[NOT_HERE\]/, "read"),
    );
    await assert.rejects(
      provider.update(id, outputs, { ...bed.deployment.get("data").inputs, name: "other" }),
      refused(/\[NOT_HERE\]/, "update"),
    );
    await assert.rejects(provider.delete(id, outputs), refused(/\[NOT_HERE\]/, "delete"));
    const pool = bed.deployment.get("pool");
    const seen = await provider.read(pool.id, pool.outputs);
    assert.equal(seen.id, pool.id);
    assert.equal(seen.outputs.state, "down");
    assert.equal(seen.outputs.totalGib, pool.outputs.totalGib);
    const disk = bed.deployment.get("disk");
    await assert.rejects(provider.read(disk.id, disk.outputs), refused(/\[NOT_HERE\]/, "read"));
  });
  assert.deepEqual(await bed.snapshot(), earlier);
  await bed.deployment.up(programOf(bed));
  assert.equal(await sha256(file), digest(bytes));
  await bed.deployment.destroy();
});

test("absent is not gone: a loop file that was moved away is asked for, never made anew", async (t) => {
  const bed = await makeBed(t, "moved");
  const file = await filled(bed);
  await letGo(bed.dir);
  await rename(bed.image, bed.path("elsewhere"));
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.up(programOf(bed)), refused(/pool\.img is not there.*\[NOT_HERE\]/, "update"));
  await assert.rejects(bed.deployment.destroy(), refused(/\[NOT_HERE\]/, "delete"));
  assert.deepEqual(await bed.snapshot(), earlier);
  assert.equal(bed.deployment.state.size, 3);
  await rename(bed.path("elsewhere"), bed.image);
  await bed.deployment.up(programOf(bed));
  assert.equal(await sha256(file), digest(bytes));
  await bed.deployment.destroy();
});

test("absent is not gone: state of another machine is refused here", async (t) => {
  const bed = await makeBed(t, "machine");
  const file = await filled(bed);
  const earlier = await bed.snapshot();
  const movedAway = (outputs: Record<string, unknown>) => ({
    ...outputs,
    __location: { ...(outputs.__location as object), machineId: "000000000000" },
  });
  await bed.deployment.withProvider(async (provider) => {
    for (const { kind, id, inputs, outputs } of bed.deployment.state.values()) {
      const recorded = movedAway(outputs);
      const elsewhere = /lives on another machine \(000000000000; .*\[NOT_HERE\]/;
      await assert.rejects(provider.read(id, recorded), refused(elsewhere, "read"), kind);
      await assert.rejects(provider.update(id, recorded, inputs), refused(elsewhere, "update"), kind);
      await assert.rejects(provider.delete(id, recorded), refused(elsewhere, "delete"), kind);
    }
  });
  assert.deepEqual(await bed.snapshot(), earlier);
  assert.equal(await sha256(file), digest(bytes));
  await bed.deployment.destroy();
});
