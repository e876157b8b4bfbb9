import assert from "node:assert/strict";
import { test } from "node:test";
import { hasDeviceMapper } from "../../provider/host/kernel.js";
import { makeBed } from "../support/bed.js";
import type { Declared } from "../support/deployment.js";
import { copyOf, snapshotOf } from "../support/snapshots.js";

test("with loop activation there are no snapshots and no copies: the preview says why, and what would bring them", async (t) => {
  const bed = await makeBed(t, "nosnap");
  const base = [bed.backend({ lvm: { activation: "loop" } }), bed.volume("data", { size: 1 })];
  const needs = /needs device-mapper, and volume group .* is activated by loop devices.*set lvm\.activation/;
  await bed.deployment.up(base);
  const earlier = await bed.snapshot();
  await bed.deployment.withProvider(async () => {
    const says = (more: Declared, property: string) =>
      assert.rejects(bed.deployment.preview([...base, more]), (error: Error) => {
        assert.ok(error.message.startsWith(`${more.name}: ${property}: `), error.message);
        assert.match(error.message, needs);
        return true;
      });
    await says(snapshotOf("taken", "data"), "volume");
    await says(copyOf("clone", { sourceVolumeId: "data" }), "sourceVolumeId");
  });
  assert.deepEqual(await bed.snapshot(), earlier);
  await bed.deployment.destroy();
});

test("a Snapshot of a Volume that is made in the same up is judged by whether this kernel can have one", async (t) => {
  const bed = await makeBed(t, "nosnap-yet");
  const preview = bed.deployment.preview([bed.backend(), bed.volume("data", { size: 1 }), snapshotOf("taken", "data")]);
  if (hasDeviceMapper())
    assert.deepEqual(
      (await preview).map(({ op }) => op),
      ["create", "create", "create"],
    );
  else
    await assert.rejects(preview, /taken: volume: cannot have a snapshot: that needs device-mapper, which this kernel/);
});
