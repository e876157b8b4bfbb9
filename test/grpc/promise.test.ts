import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";

test("what a preview accepted has room in the update after it, which hears of one volume at a time", async (t) => {
  const bed = await makeBed(t, "promise");
  // Nine GiB for volumes. Placed with room to grow, the first two would leave no piece of seven.
  const program = [
    bed.backend({ size: 10 }),
    bed.volume("first", { size: 1 }),
    bed.volume("second", { size: 1 }),
    bed.volume("large", { size: 7 }),
  ];
  await bed.deployment.preview(program);
  await bed.deployment.up(program);
  await bed.deployment.destroy();
});

test("what a preview let grow is not built over in the update after it", async (t) => {
  const bed = await makeBed(t, "grows");
  const before = [bed.backend({ size: 5 }), bed.volume("first", { size: 1 })];
  await bed.deployment.up(before);
  const program = [
    bed.backend({ size: 5 }),
    bed.volume("added", { size: 1 }),
    bed.volume("another", { size: 1 }),
    bed.volume("first", { size: 2 }),
  ];
  await bed.deployment.preview(program);
  await bed.deployment.up(program);
  assert.equal(bed.deployment.get("first").inputs.size, 2);
  await bed.deployment.destroy();
});
