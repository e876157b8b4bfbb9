import assert from "node:assert/strict";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { mountsUnder } from "../support/cleanup.js";
import { digest, pattern, readBytes, sha256, writeThrough } from "../support/content.js";
import { checkedInputs, killProvider, type Wanted } from "../support/creating.js";
import { CheckFailed } from "../support/deployment.js";
import { hold } from "../support/held.js";
import { CallError } from "../support/rpc.js";
import { command, logicalVolume, lvm } from "../support/system.js";

const formattingTag = "blockbox.formatting";
const mib = 1024 ** 2;
const garbage = pattern("half a file system", mib);

/** Writes what a mkfs may have written when it was killed: not a file system, and not zeros. */
const halfWay = (bed: Bed) =>
  `for device in "$@"; do :; done; dd if=${bed.path("garbage")} of=$device bs=1M conv=fsync status=none`;

const wantedDisk = (bed: Bed): Wanted => ({
  kind: "Attachment",
  name: "disk",
  inputs: { volume: bed.deployment.get("data").id, mount: { path: bed.path("disk") } },
});

/** A create of the Attachment `disk` that is killed, with its mkfs, when half a file system is written. */
async function killedInMkfs(bed: Bed): Promise<void> {
  await writeThrough(bed.path("garbage"), garbage);
  const held = await hold(bed.dir, "mkfs.ext4", "true", halfWay(bed));
  bed.deployment.env = { PATH: held.path };
  await bed.deployment.withProvider(async (provider) => {
    const inputs = await checkedInputs(provider, bed.deployment, wantedDisk(bed));
    const creating = provider.create(inputs).then(
      () => "created",
      () => "cut short",
    );
    await held.untilHeld();
    await killProvider(provider);
    assert.equal(await creating, "cut short");
  });
  bed.deployment.env = {};
  await held.letGo("fail");
}

async function withVolume(bed: Bed) {
  const program = [bed.backend(), bed.volume("data", { size: 1 })];
  await bed.deployment.up(program);
  return { id: bed.deployment.get("data").id, program };
}

const isFormatting = async (id: string) => (await logicalVolume(id)).tags.includes(formattingTag);

async function assertWhole(bed: Bed): Promise<void> {
  assert.deepEqual(await mountsUnder(bed.dir), [bed.path("disk")]);
  const { bsize, blocks } = await statfs(bed.path("disk"));
  assert.ok(bsize * blocks > 900 * mib, `the file system has ${(bsize * blocks) / mib} MiB`);
  const file = join(bed.path("disk"), "file");
  const bytes = pattern("mkfs", 3 * mib);
  await writeThrough(file, bytes);
  assert.equal(await sha256(file), digest(bytes));
}

test("a mkfs that was killed is run again by the same create, though the device is not blank", async (t) => {
  const bed = await makeBed(t, "mkfs");
  const { id, program } = await withVolume(bed);
  await killedInMkfs(bed);
  assert.ok(await isFormatting(id));
  assert.deepEqual(await mountsUnder(bed.dir), []);
  await bed.deployment.up([...program, bed.attachment("disk", "data")]);
  await assertWhole(bed);
  assert.equal(await isFormatting(id), false);
  await bed.deployment.destroy();
});

test("a mkfs that was killed is run again by a create of another Attachment", async (t) => {
  const bed = await makeBed(t, "anew");
  const { id, program } = await withVolume(bed);
  await killedInMkfs(bed);
  const other = { ...bed.attachment("disk", "data"), name: "other" };
  await bed.deployment.up([...program, other]);
  await assertWhole(bed);
  assert.equal(await isFormatting(id), false);
  await bed.deployment.destroy();
});

test("without the tag the same content is refused, and nothing is written", async (t) => {
  const bed = await makeBed(t, "untagged");
  const { id, program } = await withVolume(bed);
  await killedInMkfs(bed);
  await bed.deployment.withProvider(async (provider) => {
    const inputs = await checkedInputs(provider, bed.deployment, wantedDisk(bed));
    await lvm("lvchange", "--yes", "--deltag", formattingTag, id);
    await assert.rejects(provider.create(inputs), (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      assert.equal(error.init, undefined, "counts as created");
      assert.match(error.message, /holds data in its first 4 MiB.*\[NOT_BLANK\]/);
      return true;
    });
  });
  await assert.rejects(bed.deployment.preview([...program, bed.attachment("disk", "data")]), (error: unknown) => {
    assert.ok(error instanceof CheckFailed, String(error));
    assert.equal(error.failures[0]?.property, "volume");
    return true;
  });
  assert.equal(await isFormatting(id), false);
  const device = { ...bed.attachment("disk", "data", { mount: undefined }), name: "device" };
  await bed.deployment.up([...program, device]);
  const path = String(bed.deployment.get("device").outputs.devicePath);
  await command("blockdev", "--flushbufs", path);
  assert.deepEqual(await readBytes(path, 0, garbage.length), garbage);
  await bed.deployment.destroy();
});
