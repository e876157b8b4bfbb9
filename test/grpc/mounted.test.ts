import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { lvm } from "../support/system.js";

test("what a killed create of an Attachment had mounted already is gone on with, and leaves nothing", async (t) => {
  const bed = await makeBed(t, "mounted");
  const earlier = await bed.snapshot();
  const volume = [bed.backend(), bed.volume("data", { size: 1 })];
  const program = [...volume, bed.attachment("made/for/it", "data")];
  await bed.deployment.up(volume);
  await bed.deployment.withProvider(async (provider) => {
    const inputs = { volume: bed.deployment.get("data").id, mount: { path: bed.path("made/for/it") } };
    const hidden = bed.deployment.hidden({ kind: "Attachment", name: "made/for/it" });
    const checked = await provider.check({}, { ...inputs, ...hidden });
    await provider.create(checked.inputs);
    process.kill(provider.pid, "SIGKILL");
    await provider.exited;
  });
  await bed.deployment.preview(program);
  await bed.deployment.up(program);
  assert.equal(bed.deployment.get("made/for/it").outputs.mountPath, bed.path("made/for/it"));
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("what a killed create of an Attachment left goes with its volume, if the next program does not want it", async (t) => {
  const bed = await makeBed(t, "unwanted");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  await bed.deployment.withProvider(async (provider) => {
    const inputs = { volume: bed.deployment.get("data").id, mount: { path: bed.path("disk") } };
    const checked = await provider.check(
      {},
      { ...inputs, ...bed.deployment.hidden({ kind: "Attachment", name: "disk" }) },
    );
    await provider.create(checked.inputs);
    process.kill(provider.pid, "SIGKILL");
    await provider.exited;
  });
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a volume that was removed behind our back while mounted: its attachment stays known, and goes by its delete", async (t) => {
  const bed = await makeBed(t, "behind");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 }), bed.attachment("disk", "data")]);
  // lvm cannot see the mount: this succeeds.
  await lvm("lvremove", "--yes", bed.deployment.get("data").id);
  await bed.deployment.refresh();
  assert.deepEqual([...bed.deployment.state.keys()].sort(), ["disk", "pool"]);
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});
