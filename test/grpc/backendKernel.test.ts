import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import test from "node:test";
import { makeBed } from "../support/bed.js";
import { inGuest } from "../support/guest.js";
import { CallError } from "../support/rpc.js";
import { lvm } from "../support/system.js";

test("a group that device-mapper activates, on a kernel without: refused, until its activation is set to loop", {
  skip: inGuest && "the guest's kernel has device-mapper",
}, async (t) => {
  const bed = await makeBed(t, "kernel");
  const volume = bed.volume("data", { size: 1 });
  const disk = bed.attachment("disk", "data");
  await bed.deployment.up([bed.backend(), volume, disk]);
  await writeFile(bed.path("disk/file"), "kept");
  await bed.deployment.up([bed.backend(), volume]);
  // As a kernel with device-mapper would have left it.
  await lvm("vgchange", "--addtag", "blockbox.activation=deviceMapper", bed.group);
  await bed.deployment.refresh();
  assert.equal(bed.deployment.get("pool").outputs.activation, "deviceMapper");
  const refused = (error: unknown) => {
    assert.ok(error instanceof CallError);
    assert.equal(error.method, "diff");
    assert.match(
      error.message,
      /lvm\.activation has a problem: is by device-mapper, which this kernel lacks: .*modprobe dm-mod.*loop/,
    );
    return true;
  };
  await assert.rejects(bed.deployment.preview([bed.backend(), volume]), refused);
  await assert.rejects(bed.deployment.up([bed.backend(), volume, disk]), refused);

  const byLoop = bed.backend({ lvm: { activation: "loop" } });
  await bed.deployment.up([byLoop, volume, disk]);
  assert.equal(bed.deployment.get("pool").outputs.activation, "loop");
  assert.equal(await readFile(bed.path("disk/file"), "utf8"), "kept");
  await bed.deployment.destroy();
});
