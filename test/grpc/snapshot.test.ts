import assert from "node:assert/strict";
import { test } from "node:test";
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

test("a Snapshot of a Volume that is made in the same up is not judged yet", async (t) => {
  const bed = await makeBed(t, "nosnap-yet");
  const steps = await bed.deployment.preview([
    bed.backend(),
    bed.volume("data", { size: 1 }),
    snapshotOf("taken", "data"),
  ]);
  assert.deepEqual(
    steps.map(({ op }) => op),
    ["create", "create", "create"],
  );
});
