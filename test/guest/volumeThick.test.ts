import assert from "node:assert/strict";
import { open, rm } from "node:fs/promises";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { isZero, pattern, readBytes, sha256, writeThrough } from "../support/content.js";
import { CheckFailed, type Declared } from "../support/deployment.js";
import { makeDisk } from "../support/disks.js";
import { CallError } from "../support/rpc.js";
import { command, logicalVolume, segments } from "../support/system.js";
import { startWriter } from "../support/writer.js";

const gib = 1024 ** 3;
const mib = 1024 ** 2;
const thick = { thinPool: false };

test("thick volumes share what is free, in pieces where no hole is large enough, and are zeroed", async (t) => {
  const bed = await makeBed(t, "pieces");
  const names = ["a", "b", "c", "d", "e"];
  const program = (kept: string[], big?: number) => [
    bed.backend({ size: 6, lvm: thick }),
    ...kept.map((name) => bed.volume(name, { size: 1 })),
    ...(big === undefined
      ? []
      : [bed.volume("big", { size: big }), bed.attachment("disk", "big", { mount: undefined })]),
  ];
  await bed.deployment.up(program(names));
  const places = await segments(bed.group);
  assert.equal(places.length, 5, "a volume that fits into a hole is in several pieces");
  // Two that are no neighbours go, so that two holes of a GiB are left in the middle.
  const gone = [1, 3].map((at) => names.find((name) => bed.deployment.get(name).id.endsWith(`/${places[at]?.lv}`)));
  const kept = names.filter((name) => !gone.includes(name));
  await bed.deployment.up(program(kept));
  await assert.rejects(bed.deployment.preview(program(kept, 4)), (error: unknown) => {
    assert.ok(error instanceof CheckFailed, String(error));
    assert.match(error.message, /size: does not fit: .* no more than 2 GiB free\. Let the Backend grow/);
    return true;
  });
  await bed.deployment.up(program(kept, 2));
  const { id } = bed.deployment.get("big");
  const pieces = (await segments(bed.group)).filter(({ lv }) => id.endsWith(`/${lv}`));
  assert.ok(pieces.length > 1);
  assert.equal((await logicalVolume(id)).bytes, 2 * gib);
  const device = String(bed.deployment.get("disk").outputs.devicePath);
  assert.equal(device, `/dev/${id}`);
  assert.ok(await isZero(device, 0, gib / 2));
  await bed.deployment.destroy();
});

test("an attached thick volume grows under a writer, into pieces, and shows no old data", async (t) => {
  const bed = await makeBed(t, "growthick");
  const program = (size: number, others: string[]) => [
    bed.backend({ size: 5, lvm: thick }),
    bed.volume("data", { size }),
    ...others.map((name) => bed.volume(name, { size: 1 })),
    bed.attachment("disk", "data", { size, mount: { path: bed.path("disk") } }),
  ];
  await bed.deployment.up(program(1, ["b", "c"]));
  const kept = pattern("kept", 3 * mib);
  await writeThrough(bed.path("disk/kept"), kept);
  const before = await sha256(bed.path("disk/kept"));
  const writer = startWriter(bed.path("disk/written"));
  t.after(() => writer.stop());
  await bed.deployment.up(program(1, ["c"]));
  await bed.deployment.preview(program(3, ["c"]));
  await bed.deployment.up(program(3, ["c"]));
  const { id } = bed.deployment.get("data");
  assert.equal((await logicalVolume(id)).bytes, 3 * gib);
  assert.ok((await segments(bed.group)).filter(({ lv }) => id.endsWith(lv)).length > 1);
  assert.ok(Number((await command("df", "--output=size", "-B1", bed.path("disk"))).split("\n")[1]) > 2.8 * gib);
  const written = await writer.stop();
  assert.equal(await sha256(bed.path("disk/kept")), before);
  assert.equal(await sha256(bed.path("disk/written")), written.digest);
  assert.ok(written.bytes > 0);

  await assert.rejects(bed.deployment.preview(program(4, ["c"])), (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.match(error.message, /size .*cannot grow to 4 GiB/);
    return true;
  });
  await bed.deployment.destroy();
});

test("what a growth adds reads as zeros from the first moment on", async (t) => {
  const bed = await makeBed(t, "growzero");
  const lvm = { ...thick, volumeClear: "none" };
  const program = (size: number, ...more: ReturnType<typeof bed.volume>[]) => [
    bed.backend({ size: 4, lvm }),
    bed.volume("data", { size }),
    bed.attachment("disk", "data", { mount: undefined }),
    ...more,
  ];
  const old = [bed.volume("old", { size: 2 }), bed.attachment("other", "old", { mount: undefined })];
  await bed.deployment.up(program(1, ...old));
  const secret = pattern("secret", mib);
  for (const at of [0, 700 * mib, 2047 * mib])
    await writeThrough(String(bed.deployment.get("other").outputs.devicePath), secret, at);
  await bed.deployment.up(program(1));
  await bed.deployment.up(program(3));
  const device = String(bed.deployment.get("disk").outputs.devicePath);
  assert.ok(await isZero(device, gib, 2 * gib));
  assert.equal((await readBytes(device, 0, 4)).length, 4);
  await bed.deployment.destroy();
});

test("on devices that held data, no edge of any piece of a new or grown volume shows it", async (t) => {
  const bed = await makeBed(t, "edges");
  const secret = pattern("secret", 4096);
  const devices: string[] = [];
  for (const name of ["one", "two"]) {
    const mapped = `${bed.group}-${name}`.replaceAll("-", "_");
    // Zeros that are written take room, which the guest has most of there.
    const below = await makeDisk(`/var/lib/blockbox/${mapped}.img`, 2);
    t.after(() => rm(below.file));
    // Devices that are no loop devices. 316 extents of 4 MiB, so that 2 GiB need two pieces.
    const sectors = (8 + 316 * 4 + 1) * 2048;
    await command("dmsetup", "create", mapped, "--table", `0 ${sectors} linear ${below.device} 2048`);
    t.after(async () => {
      await command("dmsetup", "remove", mapped);
      await command("losetup", "-d", below.device);
    });
    const file = await open(`/dev/mapper/${mapped}`, "r+");
    for (let extent = 0; extent < 316; extent += 1)
      for (const at of [0, 4 * mib - secret.length])
        await file.write(secret, 0, secret.length, (8 + 4 * extent) * mib + at);
    await file.close();
    devices.push(`/dev/mapper/${mapped}`);
  }
  const backend = (volumeClear: string): Declared => ({
    kind: "Backend",
    name: "pool",
    inputs: { lvm: { volumeGroup: bed.group, devices, ...thick, volumeClear } },
  });
  const disk = (size: number) => [bed.volume("data", { size }), bed.attachment("disk", "data", { mount: undefined })];
  const shown = () => String(bed.deployment.get("disk").outputs.devicePath);
  await bed.deployment.up([backend("zero"), ...disk(1)]);
  assert.ok(await isZero(shown(), 0, gib));
  const edges = [0, 4 * mib - secret.length, gib - mib, gib - secret.length];
  for (const at of edges) await writeThrough(shown(), secret, at);
  await bed.deployment.up([backend("zero"), ...disk(2)]);
  assert.ok((await segments(bed.group)).length > 1);
  assert.ok(await isZero(shown(), gib, gib));
  for (const at of edges) assert.ok((await readBytes(shown(), at, secret.length)).equals(secret), `${at}`);
  // Where what is deleted stays, the next one still has nothing at its ends by which it would be taken for the old.
  await bed.deployment.up([backend("none")]);
  await bed.deployment.up([backend("none"), ...disk(1)]);
  assert.ok(await isZero(shown(), 0, 4 * mib));
  assert.ok(await isZero(shown(), gib - mib, mib));
  await bed.deployment.destroy();
});
