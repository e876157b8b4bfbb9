import assert from "node:assert/strict";
import { link } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type Bed, makeBed, makeFolder } from "../support/bed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { createUnknown, killProvider } from "../support/creating.js";
import { CallError } from "../support/rpc.js";
import { command, lvm, segments, withoutAllocation } from "../support/system.js";

// In loop activation lvm cannot see who shows the extents of a group past it. We look ourselves.
const mib = 1024 ** 2;
const gib = 1024 ** 3;
const bytes = pattern("foreign loop", 2 * mib + 7);
const loops = { activation: "loop", thinPool: false };

/** Somebody's file system on a loop device over a part of the group's loop file, counted from its first extent on. */
interface Foreign {
  readonly device: string;
  readonly path: string;
  assertWhole(): Promise<void>;
  letGo(): Promise<void>;
}

async function showForeign(bed: Bed, over: string, offsetBytes: number, sizeBytes: number): Promise<Foreign> {
  const [pool] = bed.deployment.get("pool").outputs.devices as string[];
  const start = await lvm("pvs", "--noheadings", "--nosuffix", "--units", "b", "-o", "pe_start", String(pool));
  const range = ["--offset", `${Number(start) + offsetBytes}`, "--sizelimit", `${sizeBytes}`];
  const device = (await command("losetup", "--find", "--show", ...range, over)).trim();
  await command("mkfs.ext4", "-q", "-E", "nodiscard", device, "32M");
  const path = await makeFolder(bed.path("foreign"));
  await command("mount", device, path);
  const file = join(path, "file");
  await writeThrough(file, bytes);
  return {
    device,
    path,
    async assertWhole() {
      await command("sh", "-c", "echo 1 > /proc/sys/vm/drop_caches");
      assert.equal(await sha256(file), digest(bytes));
    },
    async letGo() {
      await command("umount", path);
      await command("e2fsck", "-fn", device);
      await command("losetup", "--detach", device);
    },
  };
}

/** Names the loop device and where it is mounted, and has made and changed nothing. */
async function refused(bed: Bed, foreign: Foreign, method: string, change: () => Promise<unknown>): Promise<void> {
  const earlier = withoutAllocation(await bed.snapshot());
  const names = [...bed.deployment.state.keys()];
  await assert.rejects(change(), (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.equal(error.method, method);
    assert.equal(error.init, undefined, "counts as partly made");
    assert.match(error.message, /\[IN_USE\]/);
    for (const words of [foreign.device, `mounted on ${foreign.path}`])
      assert.ok(error.message.includes(words), `${words} is not in: ${error.message}`);
    return true;
  });
  assert.deepEqual([...bed.deployment.state.keys()], names);
  assert.deepEqual(withoutAllocation(await bed.snapshot()), earlier);
  await foreign.assertWhole();
}

const overs: { over: string; of: (bed: Bed) => Promise<string> }[] = [
  { over: "the loop file", of: async (bed) => bed.image },
  {
    over: "another name of the loop file",
    async of(bed) {
      await link(bed.image, bed.path("link.img"));
      return bed.path("link.img");
    },
  },
  {
    over: "the group's device",
    of: async (bed) => String((bed.deployment.get("pool").outputs.devices as string[])[0]),
  },
];

for (const { over, of } of overs) {
  test(`somebody's loop device over ${over} shows free extents: no volume is made of them, and none grows into them`, async (t) => {
    const bed = await makeBed(t, "free");
    const program = (size = 1) => [bed.backend({ size: 4, lvm: loops }), bed.volume("data", { size })];
    await bed.deployment.up(program());
    const foreign = await showForeign(bed, await of(bed), gib, 2 * gib);
    await refused(bed, foreign, "create", () => bed.deployment.up([...program(), bed.volume("more", { size: 1 })]));
    await refused(bed, foreign, "update", () => bed.deployment.up(program(2)));
    await foreign.letGo();
    await bed.deployment.up([...program(2), bed.volume("more", { size: 1 })]);
    await bed.deployment.destroy();
  });
}

test("somebody's loop device over a part of a volume: it is neither attached nor deleted", async (t) => {
  const bed = await makeBed(t, "part");
  const program = [bed.backend({ lvm: loops }), bed.volume("data", { size: 1 })];
  await bed.deployment.up(program);
  const foreign = await showForeign(bed, bed.image, gib - 64 * mib, 96 * mib);
  const wanted = { kind: "Attachment", name: "disk", inputs: { volume: bed.deployment.get("data").id } } as const;
  await bed.deployment.withProvider(async (provider) => {
    const inputs = { ...wanted.inputs, ...bed.deployment.hidden(wanted) };
    const { failures } = await provider.check({}, inputs);
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["volume"],
    );
    assert.ok(failures[0]?.reason.includes(`${foreign.device}, mounted on ${foreign.path}`), failures[0]?.reason);
    // and one that comes between preview and create
    await refused(bed, foreign, "create", () => provider.create({ mode: "rw", ...inputs }));
  });
  await refused(bed, foreign, "delete", () => bed.deployment.up(program.slice(0, 1)));
  await foreign.letGo();
  await bed.deployment.destroy();
});

test("somebody's loop device over a part of an attached volume: it is not detached, and stays as it is", async (t) => {
  const bed = await makeBed(t, "attached");
  const program = [bed.backend({ lvm: loops }), bed.volume("data", { size: 1 })];
  const disk = bed.attachment("disk", "data", { mount: undefined });
  await bed.deployment.up([...program, disk]);
  const foreign = await showForeign(bed, bed.image, 512 * mib, 64 * mib);
  await refused(bed, foreign, "delete", () => bed.deployment.up(program));
  await refused(bed, foreign, "read", () => bed.deployment.refresh());
  await foreign.letGo();
  await bed.deployment.destroy();
});

test("what a killed attachment left is not let go of together with somebody's mount over the same extents", async (t) => {
  const bed = await makeBed(t, "left");
  const program = [bed.backend({ lvm: loops }), bed.volume("data", { size: 1 })];
  const disk = bed.attachment("disk", "data", { mount: undefined });
  await bed.deployment.up(program);
  await bed.deployment.withProvider(async (provider) => {
    const inputs = { volume: bed.deployment.get("data").id };
    await createUnknown(provider, bed.deployment, { kind: "Attachment", name: "disk", inputs });
    await killProvider(provider);
  });
  const foreign = await showForeign(bed, bed.image, 512 * mib, 64 * mib);
  await bed.deployment.withProvider(async (provider) => {
    const { id, outputs } = bed.deployment.get("data");
    await refused(bed, foreign, "delete", () => provider.delete(id, outputs));
  });
  await foreign.letGo();
  await bed.deployment.up([...program, disk]);
  assert.equal((await segments(bed.group)).length, 1);
  await bed.deployment.destroy();
});
