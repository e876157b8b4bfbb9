import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { letGo } from "../support/cleanup.js";
import type { Props } from "../support/rpc.js";
import { logicalVolume, lvm } from "../support/system.js";

/** An update that is done, but whose provider is killed before its reply is stored. */
async function updateThenKill(bed: Bed, name: string, change: (inputs: Props) => Props): Promise<void> {
  await bed.deployment.withProvider(async (provider) => {
    const { id, inputs, outputs } = bed.deployment.get(name);
    const { inputs: news, failures } = await provider.check(inputs, change(inputs));
    assert.deepEqual(failures, []);
    await provider.update(id, outputs, news);
    process.kill(provider.pid, "SIGKILL");
    await provider.exited;
  });
}

const moveTo = (path: string) => (inputs: Props) => ({ ...inputs, mount: { ...(inputs.mount as Props), path } });

for (const next of ["moved", "stays", "destroy"] as const) {
  test(`a mount that was moved by a killed update: ${next}`, async (t) => {
    const bed = await makeBed(t, "moved");
    const earlier = await bed.snapshot();
    const disk = (path: string) => bed.attachment("disk", "data", { mount: { path: bed.path(path) } });
    const program = (path: string) => [bed.backend(), bed.volume("data", { size: 1 }), disk(path)];
    await bed.deployment.up(program("before"));
    await updateThenKill(bed, "disk", moveTo(bed.path("made/after")));
    if (next !== "destroy") {
      const path = next === "moved" ? "made/after" : "before";
      await bed.deployment.preview(program(path));
      await bed.deployment.up(program(path));
      const mounts = (await bed.snapshot()).mounts.filter((line) => line.includes(bed.dir));
      assert.equal(mounts.length, 1);
      assert.ok(mounts[0]?.includes(bed.path(path)));
    }
    await bed.deployment.destroy();
    assert.deepEqual(await bed.snapshot(), earlier);
  });
}

test("a growth that was cut short while it cleared, and is wanted larger then, leaves no note behind", async (t) => {
  const bed = await makeBed(t, "note");
  const program = (size: number) => [bed.backend({ size: 5 }), bed.volume("data", { size })];
  await bed.deployment.up(program(1));
  const { id } = bed.deployment.get("data");
  await lvm("lvchange", "--addtag", `blockbox.clear=${1024 ** 3}`, id);
  await lvm("lvextend", "--alloc", "contiguous", "--size", "2g", id);
  await bed.deployment.up(program(3));
  assert.deepEqual(
    (await logicalVolume(id)).tags.filter((tag) => tag.startsWith("blockbox.clear")),
    [],
  );
  await bed.deployment.refresh();
  assert.equal(bed.deployment.get("data").inputs.size, 3);
  await bed.deployment.destroy();
});

test("a growth is previewed after a reboot, together with the repair of its Backend", async (t) => {
  const bed = await makeBed(t, "both");
  const program = (size: number) => [
    bed.backend(),
    bed.volume("data", { size }),
    bed.attachment("disk", "data", { size }),
  ];
  await bed.deployment.up(program(1));
  await letGo(bed.dir);
  await bed.deployment.preview(program(2));
  await bed.deployment.up(program(2));
  assert.equal(bed.deployment.get("disk").outputs.size, 2);
  await bed.deployment.destroy();
});
