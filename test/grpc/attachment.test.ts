import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { loopsOver, mountsUnder } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { CheckFailed } from "../support/deployment.js";
import { CallError, type Props } from "../support/rpc.js";
import { command, logicalVolume, mayGrowInUse, mounts, withoutAllocation } from "../support/system.js";

const gib = 1024 ** 3;
const ops = (steps: { op: string }[]) => steps.map(({ op }) => op);
const bytes = pattern("attachment", 3 * 1024 * 1024 + 17);
const deviceBytes = async (device: string) => Number(await command("blockdev", "--getsize64", device));

test("without a mount it is a device of the volume's size", async (t) => {
  const bed = await makeBed(t, "device");
  const program = [
    bed.backend(),
    bed.volume("data", { size: 2 }),
    bed.attachment("disk", "data", { mount: undefined }),
  ];
  await bed.deployment.up(program);
  const { id, outputs } = bed.deployment.get("disk");
  assert.equal(id, bed.deployment.get("data").id);
  assert.equal(await deviceBytes(String(outputs.devicePath)), 2 * gib);
  assert.equal("mountPath" in outputs, false);
  assert.equal(outputs.driverVolumeType, "local");
  assert.ok(outputs.hostName);
  assert.ok(outputs.attachmentId);
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same", "same"]);
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same", "same"]);
  await bed.deployment.up(program.slice(0, 2));
  assert.equal((await loopsOver(bed.image)).length, 1);
  await bed.deployment.destroy();
});

test("with a mount it is a file system, whose data outlives the attachment", async (t) => {
  const bed = await makeBed(t, "mount");
  const without = [bed.backend(), bed.volume("data", { size: 1 })];
  const program = [...without, bed.attachment("disk", "data")];
  await bed.deployment.up(program);
  assert.equal(bed.deployment.get("disk").outputs.mountPath, bed.path("disk"));
  assert.deepEqual(await mountsUnder(bed.dir), [bed.path("disk")]);
  await writeThrough(join(bed.path("disk"), "file"), bytes);
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same", "same"]);

  await bed.deployment.up(without);
  assert.deepEqual(await mountsUnder(bed.dir), []);
  assert.equal(existsSync(bed.path("disk")), false, "a folder that we made for the mount is left");
  assert.equal((await loopsOver(bed.image)).length, 1);
  await bed.deployment.up(program);
  assert.equal(await sha256(join(bed.path("disk"), "file")), digest(bytes));

  const { id, outputs } = bed.deployment.get("disk");
  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  assert.deepEqual(await mountsUnder(bed.dir), []);
  await bed.deployment.destroy();
});

test("a folder that was there before the mount stays, with what is in it", async (t) => {
  const bed = await makeBed(t, "folder");
  await mkdir(bed.path("disk"));
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 }), bed.attachment("disk", "data")]);
  await bed.deployment.destroy();
  assert.equal(existsSync(bed.path("disk")), true);
});

test("volume and file system grow while mounted", async (t) => {
  const bed = await makeBed(t, "growfs");
  const program = (size: number) => [
    bed.backend(),
    bed.volume("data", { size }),
    bed.attachment("disk", "data", { size }),
  ];
  await bed.deployment.up(program(1));
  const file = join(bed.path("disk"), "file");
  await writeThrough(file, bytes);
  const device = bed.deployment.get("disk").outputs.devicePath;
  let content = bytes;
  const held = await open(file, "r+");
  try {
    if (await mayGrowInUse()) {
      assert.deepEqual(ops(await bed.deployment.preview(program(2))), ["same", "update", "update"]);
      await bed.deployment.up(program(2));
      await held.write(Buffer.from("still writable"), 0, 14, bytes.length);
      await held.sync();
      content = Buffer.concat([bytes, Buffer.from("still writable")]);
    } else {
      // Without CAP_SYS_RESOURCE the kernel grows no mounted ext4, and one in use cannot be unmounted for it.
      const earlier = await bed.snapshot();
      await assert.rejects(bed.deployment.preview(program(2)), (error: unknown) => {
        assert.ok(error instanceof CallError, String(error));
        assert.match(error.message, /size.*CAP_SYS_RESOURCE/);
        assert.match(error.message, new RegExp(String(process.pid)));
        return true;
      });
      assert.deepEqual(await bed.snapshot(), earlier);
    }
  } finally {
    await held.close();
  }
  await bed.deployment.up(program(2));
  const { outputs } = bed.deployment.get("disk");
  assert.equal(outputs.size, 2);
  assert.equal(outputs.devicePath, device);
  assert.equal(await deviceBytes(String(device)), 2 * gib);
  const { bsize, blocks } = await statfs(bed.path("disk"));
  assert.ok(bsize * blocks > 1.8 * gib, `the file system has ${(bsize * blocks) / gib} GiB`);
  assert.equal(await sha256(file), digest(content));
  assert.deepEqual(ops(await bed.deployment.preview(program(2))), ["same", "same", "same"]);
  await bed.deployment.destroy();
});

test("mount options change in place, the path moves, and a busy path is refused in the preview", async (t) => {
  const bed = await makeBed(t, "options");
  const program = (mount: Props) => [
    bed.backend(),
    bed.volume("data", { size: 1 }),
    bed.attachment("disk", "data", { mount }),
  ];
  const optionsOf = async (path: string) =>
    ((await mounts()).find((line) => line.split(" ")[2] === path) ?? "").split(" ")[3]?.split(",") ?? [];
  const path = bed.path("disk");
  await bed.deployment.up(program({ path, options: ["noatime"] }));
  const file = join(path, "file");
  await writeThrough(file, bytes);
  assert.ok((await optionsOf(path)).includes("noatime"));

  await bed.deployment.up(program({ path, options: ["nodev", "nosuid"] }));
  const options = await optionsOf(path);
  assert.ok(options.includes("nodev") && options.includes("nosuid") && !options.includes("noatime"), options.join());
  await bed.deployment.up(program({ path }));
  assert.ok(!(await optionsOf(path)).includes("nosuid"));

  const moved = bed.path("moved/deep");
  const user = spawn("sleep", ["60"], { cwd: path, stdio: "ignore" });
  try {
    const earlier = withoutAllocation(await bed.snapshot());
    await assert.rejects(bed.deployment.preview(program({ path: moved })), (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      assert.match(error.message, /mount\.path/);
      assert.match(error.message, new RegExp(`busy: .*\\b${user.pid}\\b`));
      return true;
    });
    assert.deepEqual(withoutAllocation(await bed.snapshot()), earlier);
    await assert.rejects(bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]), (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      assert.equal(error.method, "delete");
      assert.match(error.message, new RegExp(String(user.pid)));
      return true;
    });
    assert.deepEqual(withoutAllocation(await bed.snapshot()), earlier);
  } finally {
    const ended = new Promise((resolve) => user.once("exit", resolve));
    user.kill("SIGKILL");
    await ended;
  }
  await bed.deployment.up(program({ path: moved }));
  assert.deepEqual(await mountsUnder(bed.dir), [moved]);
  assert.equal(await sha256(join(moved, "file")), digest(bytes));
  assert.equal(bed.deployment.get("disk").outputs.mountPath, moved);
  await bed.deployment.destroy();
  assert.equal(existsSync(bed.path("moved")), false);
});

test("read only: the device too", async (t) => {
  const bed = await makeBed(t, "ro");
  const program = (inputs: Props) => [
    bed.backend(),
    bed.volume("data", { size: 1 }),
    bed.attachment("disk", "data", inputs),
  ];
  await bed.deployment.up(program({}));
  await writeThrough(join(bed.path("disk"), "file"), bytes);
  const readOnly = program({ mode: "ro", mount: { path: bed.path("disk"), format: "never" } });
  assert.deepEqual(ops(await bed.deployment.preview(readOnly)), ["same", "same", "replace"]);
  await bed.deployment.up(readOnly);
  assert.equal(await sha256(join(bed.path("disk"), "file")), digest(bytes));
  await assert.rejects(writeFile(join(bed.path("disk"), "more"), "x"), { code: "EROFS" });
  const device = String(bed.deployment.get("disk").outputs.devicePath);
  assert.equal((await command("blockdev", "--getro", device)).trim(), "1");
  await bed.deployment.destroy();
});

test("an attachment is judged by what its volume will be, read only or not, in the same update", async (t) => {
  const bed = await makeBed(t, "becoming");
  const program = (readOnly: boolean) => [bed.backend(), bed.volume("data", { size: 1, readOnly })];
  const attached = (readOnly: boolean) => [...program(readOnly), bed.attachment("disk", "data")];
  await bed.deployment.up(program(false));
  await assert.rejects(bed.deployment.preview(attached(true)), /mode: must be "ro": the volume is read only/);
  await bed.deployment.up(program(true));
  await assert.rejects(bed.deployment.preview(attached(true)), /mode: must be "ro": the volume is read only/);
  assert.deepEqual(ops(await bed.deployment.preview(attached(false))), ["same", "update", "create"]);
  await bed.deployment.up(attached(false));
});

test("a mount that is gone is put back", async (t) => {
  const bed = await makeBed(t, "back");
  const program = [bed.backend(), bed.volume("data", { size: 1 }), bed.attachment("disk", "data")];
  await bed.deployment.up(program);
  await writeThrough(join(bed.path("disk"), "file"), bytes);
  await command("umount", bed.path("disk"));
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same", "update"]);
  assert.deepEqual(await mountsUnder(bed.dir), []);
  await bed.deployment.up(program);
  assert.equal(await sha256(join(bed.path("disk"), "file")), digest(bytes));
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same", "same"]);
  await bed.deployment.destroy();
});

test("a device that is not blank is not formatted, and nothing of the attempt is left", async (t) => {
  const bed = await makeBed(t, "blank");
  // What is in a pool only the create can tell: test/guest/volumeThin.test.ts.
  const without = [bed.backend({ lvm: { thinPool: false } }), bed.volume("data", { size: 1 })];
  await bed.deployment.up([...without, bed.attachment("disk", "data", { mount: undefined })]);
  const device = String(bed.deployment.get("disk").outputs.devicePath);
  // blkid finds nothing in these: only reading them tells
  await writeThrough(device, pattern("random", 4096), 2 * 1024 * 1024);
  await bed.deployment.up(without);
  const earlier = await bed.snapshot();
  const tags = (await logicalVolume(bed.deployment.get("data").id)).tags;
  await assert.rejects(bed.deployment.up([...without, bed.attachment("disk", "data")]), (error: unknown) => {
    // the volume is there, so that the preview sees its content; NOT_BLANK at create: mkfs.test.ts
    assert.ok(error instanceof CheckFailed, String(error));
    assert.equal(error.resource, "disk");
    assert.deepEqual(
      error.failures.map(({ property }) => property),
      ["volume"],
    );
    assert.match(error.failures[0]?.reason ?? "", /holds data in its first 4 MiB/);
    return true;
  });
  assert.deepEqual(await bed.snapshot(), earlier);
  assert.deepEqual((await logicalVolume(bed.deployment.get("data").id)).tags, tags);
  assert.equal(bed.deployment.state.has("disk"), false);
  await bed.deployment.destroy();
});

test("a volume has one attachment", async (t) => {
  const bed = await makeBed(t, "one");
  const program = [bed.backend(), bed.volume("data", { size: 1 }), bed.attachment("disk", "data")];
  await bed.deployment.up(program);
  await writeThrough(join(bed.path("disk"), "file"), bytes);
  await assert.rejects(bed.deployment.preview([...program, bed.attachment("second", "data")]), (error: unknown) => {
    assert.ok(error instanceof CheckFailed, String(error));
    assert.equal(error.resource, "second");
    assert.deepEqual(
      error.failures.map(({ property }) => property),
      ["volume"],
    );
    return true;
  });
  // and one that comes between preview and create
  await bed.deployment.withProvider(async (provider) => {
    const given = bed.deployment.get("disk").inputs;
    const hidden = bed.deployment.hidden({ kind: "Attachment", name: "second" });
    const creating = provider.create({ ...given, mount: undefined, ...hidden });
    await assert.rejects(creating, (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      assert.equal(error.init, undefined, "counts as created");
      assert.match(error.message, /\[IN_USE\]/);
      return true;
    });
  });
  assert.deepEqual(await mountsUnder(bed.dir), [bed.path("disk")]);
  assert.equal(await sha256(join(bed.path("disk"), "file")), digest(bytes));
  await bed.deployment.destroy();
});
