import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { CheckFailed, type Program } from "../support/deployment.js";
import { CallError } from "../support/rpc.js";
import { command, logicalVolume, lvm } from "../support/system.js";
import { startWriter } from "../support/writer.js";

const gib = 1024 ** 3;
const ops = (steps: { op: string }[]) => steps.map(({ op }) => op);
/** lvm2 with its activation. */
const mapping = (verb: string, ...args: string[]) =>
  command("lvm", verb, "--config", "backup{archive=0 backup=0}", ...args);

async function refuses(work: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof CallError || error instanceof CheckFailed, String(error));
    assert.match(error.message, words);
    return true;
  });
}

test("an attached volume is /dev/<group>/<volume>, again after its device was away, and inactive without", async (t) => {
  const bed = await makeBed(t, "mapped");
  const without = [bed.backend(), bed.volume("data", { size: 1 })];
  const program = [...without, bed.attachment("disk", "data")];
  await bed.deployment.up(program);
  const { id } = bed.deployment.get("data");
  const device = `/dev/${id}`;
  assert.equal(bed.deployment.get("disk").outputs.devicePath, device);
  const content = pattern("mapped", 1024 * 1024);
  await writeThrough(bed.path("disk/file"), content);
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same", "same"]);

  // As after a reboot: neither mount nor device, nor the pool's.
  await command("umount", bed.path("disk"));
  await mapping("vgchange", "-an", bed.group);
  assert.equal(existsSync(device), false);
  assert.equal(ops(await bed.deployment.preview(program)).at(-1), "update");
  await bed.deployment.up(program);
  assert.equal(bed.deployment.get("disk").outputs.devicePath, device);
  assert.equal(await sha256(bed.path("disk/file")), digest(content));

  await bed.deployment.up(without);
  assert.equal(existsSync(device), false, "a volume without an Attachment is active");
  await bed.deployment.destroy();
});

test("ext4 and xfs grow while somebody writes to them", async (t) => {
  for (const fsType of ["ext4", "xfs"]) {
    const bed = await makeBed(t, fsType);
    const program = (size: number, file: number) => [
      bed.backend({ size: file }),
      bed.volume("data", { size }),
      bed.attachment("disk", "data", { size, mount: { path: bed.path("disk"), fsType } }),
    ];
    await bed.deployment.up(program(1, 2));
    const writer = startWriter(bed.path("disk/written"));
    t.after(() => writer.stop());
    // Pool and group grow before the volume, in one update.
    assert.deepEqual(ops(await bed.deployment.up(program(3, 4))), ["update", "update", "update"]);
    const size = (await command("df", "--output=size", "-B1", bed.path("disk"))).split("\n")[1];
    assert.ok(Number(size) > 2.8 * gib, `${fsType} has ${size} bytes`);
    const written = await writer.stop();
    assert.equal(await sha256(bed.path("disk/written")), written.digest);
    assert.deepEqual(ops(await bed.deployment.preview(program(3, 4))), ["same", "same", "same"]);
    await bed.deployment.destroy();
  }
});

test("an xfs and its twin are not mounted together, unless told so", async (t) => {
  const bed = await makeBed(t, "twin");
  const xfs = (name: string, options: string[] = []) => ({ path: bed.path(name), fsType: "xfs", options });
  const program = (options: string[]): Program => [
    bed.backend({ size: 4 }),
    bed.volume("data", { size: 1 }),
    bed.attachment("disk", "data", { mount: xfs("disk") }),
    {
      ...bed.volume("copy", {}),
      inputs: (ref) => ({ backend: ref("pool"), sourceVolumeId: ref("data") }),
    },
    bed.attachment("twin", "copy", { mount: xfs("twin", options) }),
  ];
  await bed.deployment.up(program([]).slice(0, 3));
  await refuses(bed.deployment.up(program([])), /mount\.options .*"nouuid".*/);
  assert.equal(existsSync(bed.path("twin")), false);
  await bed.deployment.up(program(["nouuid"]));
  await bed.deployment.destroy();
});

test("what others did with a volume is respected: open, active, renamed, untagged, seen by a loop device", async (t) => {
  const bed = await makeBed(t, "behind");
  const without = [bed.backend({ lvm: { thinPool: false } }), bed.volume("data", { size: 1 })];
  const program = [...without, bed.attachment("disk", "data", { mount: undefined })];
  await bed.deployment.up(program);
  const { id, outputs } = bed.deployment.get("data");
  const [, name = ""] = id.split("/");
  await openDevice(bed, program, without, `/dev/${id}`);

  // Active by hand and unused: somebody has a reason, or forgot it.
  await mapping("lvchange", "-ay", id);
  await refuses(bed.deployment.up(program), new RegExp(`in use: attached as /dev/${id}.*lvchange -an ${id}`));
  await refuses(bed.deployment.destroy(), new RegExp(`in use: attached as /dev/${id}`));
  await mapping("lvchange", "-an", id);

  await lvm("lvrename", bed.group, name, "mine");
  await refuses(bed.deployment.destroy(), /was renamed to mine/);
  await refuses(bed.deployment.refresh(), /was renamed to mine/);
  await lvm("lvrename", bed.group, "mine", name);
  await lvm("lvchange", "--deltag", "blockbox", id);
  await refuses(bed.deployment.destroy(), /no longer carries our tag/);
  await lvm("lvchange", "--addtag", "blockbox", id);

  const offset = ["--offset", `${8 * 1024 ** 2}`, "--sizelimit", `${gib}`];
  const [pv = ""] = bed.deployment.get("pool").outputs.devices as string[];
  const loop = (await command("losetup", "--find", "--show", ...offset, pv)).trim();
  await refuses(bed.deployment.up(program), new RegExp(`shown by ${loop}, beside device-mapper`));
  await refuses(bed.deployment.destroy(), new RegExp(`shown by ${loop}, beside device-mapper`));
  await command("losetup", "-d", loop);

  // Renamed and without our tag: handed over.
  await lvm("lvchange", "--deltag", "blockbox", id);
  await lvm("lvrename", bed.group, name, "theirs");
  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  assert.equal((await logicalVolume(`${bed.group}/theirs`)).bytes, gib);
  await lvm("lvremove", "--yes", `${bed.group}/theirs`);
  bed.deployment.state.delete("data");
  await bed.deployment.destroy();
});

async function openDevice(bed: Bed, program: Program, without: Program, device: string): Promise<void> {
  const held = await open(device, "r");
  const user = spawn("sleep", ["60"], { stdio: ["ignore", "ignore", "ignore", held.fd] });
  await held.close();
  try {
    await refuses(bed.deployment.up(without), new RegExp(`${device}.*opened by process ${user.pid} \\(sleep\\)`));
  } finally {
    user.kill("SIGKILL");
    await once(user, "exit");
  }
  assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same", "same"]);
  await bed.deployment.up(without);
}

test("a group for loop devices is left alone while device-mapper has a volume of it", async (t) => {
  const bed = await makeBed(t, "loops");
  const program = [bed.backend({ lvm: { activation: "loop" } }), bed.volume("data", { size: 1 })];
  await bed.deployment.up(program);
  const { id } = bed.deployment.get("data");
  await mapping("lvchange", "-ay", id);
  const disk = bed.attachment("disk", "data", { mount: undefined });
  await refuses(bed.deployment.up([...program, disk]), /is active in device-mapper: volume-/);
  await refuses(bed.deployment.destroy(), /is active in device-mapper: volume-/);
  await mapping("lvchange", "-an", id);
  await bed.deployment.up([...program, disk]);
  assert.match(String(bed.deployment.get("disk").outputs.devicePath), /^\/dev\/loop/);
  await bed.deployment.destroy();
});
