import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import test from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import type { Declared } from "../support/deployment.js";
import { makeDisk } from "../support/disks.js";
import { CallError } from "../support/rpc.js";
import { command, lvm } from "../support/system.js";

const backend = (bed: Bed, activation: string, more: object = {}): Declared =>
  bed.backend({ lvm: { loopFile: { path: bed.image, size: 4, sparse: true }, thinPool: false, activation, ...more } });

async function refusedByDiff(bed: Bed, program: Declared[], says: RegExp): Promise<void> {
  await assert.rejects(bed.deployment.preview(program), (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.equal(error.method, "diff");
    assert.match(error.message, says);
    return true;
  });
}

test("activation changes both ways in place, with the data kept", async (t) => {
  const bed = await makeBed(t, "way");
  const volume = bed.volume("data", { size: 1 });
  const disk = bed.attachment("disk", "data");
  const file = bed.path("disk/file");
  await bed.deployment.up([backend(bed, "loop"), volume, disk]);
  assert.equal(bed.deployment.get("pool").outputs.activation, "loop");
  await writeFile(file, "kept");
  await refusedByDiff(
    bed,
    [backend(bed, "deviceMapper"), volume, disk],
    /lvm\.activation has a problem: cannot change to deviceMapper while extents.*\/dev\/loop/,
  );

  await bed.deployment.up([backend(bed, "loop"), volume]);
  await bed.deployment.up([backend(bed, "deviceMapper"), volume]);
  assert.equal(bed.deployment.get("pool").outputs.activation, "deviceMapper");
  await bed.deployment.up([backend(bed, "auto"), volume, disk]);
  assert.equal(bed.deployment.get("pool").outputs.activation, "deviceMapper");
  assert.match(String(bed.deployment.get("disk").outputs.devicePath), /^\/dev\/bbt-way/);
  assert.equal(await readFile(file, "utf8"), "kept");
  await refusedByDiff(bed, [backend(bed, "loop"), volume, disk], /cannot change to loop while volume-.* has a device/);

  await bed.deployment.up([backend(bed, "auto"), volume]);
  await bed.deployment.up([backend(bed, "loop"), volume, disk]);
  assert.equal(await readFile(file, "utf8"), "kept");
  await bed.deployment.destroy();
});

test("loop activation is refused for what is not one linear piece, by name", async (t) => {
  const bed = await makeBed(t, "wayno");
  await bed.deployment.up([backend(bed, "deviceMapper")]);
  await lvm("lvcreate", "-an", "-Zn", "-Wn", "-y", "-l", "1", "-n", "one", bed.group);
  await lvm("lvcreate", "-an", "-Zn", "-Wn", "-y", "-l", "1", "-n", "two", bed.group);
  await lvm("lvextend", "-l", "+1", `${bed.group}/one`);
  await refusedByDiff(bed, [backend(bed, "loop")], /only shows volumes that are one linear piece, and one of bbt/);
  await lvm("lvremove", "--yes", `${bed.group}/one`, `${bed.group}/two`);
  await bed.deployment.up([backend(bed, "deviceMapper", { thinPool: true })]);
  await assert.rejects(
    bed.deployment.preview([backend(bed, "loop", { thinPool: true })]),
    /lvm\.thinPool: needs device-mapper/,
  );
  // The pool goes in the same update.
  await bed.deployment.up([backend(bed, "loop", { thinPool: false })]);
  assert.deepEqual(
    [bed.deployment.get("pool").outputs.activation, bed.deployment.get("pool").outputs.thin],
    ["loop", false],
  );
  await bed.deployment.destroy();
});

test("a group in use under device-mapper is adopted as it is in use, with its pool", async (t) => {
  const bed = await makeBed(t, "adoptuse");
  await command("truncate", "-s", "4G", bed.image);
  const device = (await command("losetup", "--find", "--show", bed.image)).trim();
  await command("vgcreate", "-y", bed.group, device);
  await command("lvcreate", "-y", "-L", "128M", "-n", "theirs", bed.group);
  await command("mkfs.ext4", "-q", `/dev/${bed.group}/theirs`);
  await command("mkdir", bed.path("theirs"));
  await command("mount", `/dev/${bed.group}/theirs`, bed.path("theirs"));
  await writeFile(bed.path("theirs/file"), "theirs");
  try {
    const pool = (more: object = {}): Declared => ({
      kind: "Backend",
      name: "pool",
      inputs: { lvm: { volumeGroup: bed.group, adopt: true, ...more } },
    });
    await bed.deployment.up([pool()]);
    assert.deepEqual(
      [bed.deployment.get("pool").outputs.activation, bed.deployment.get("pool").outputs.thin],
      ["deviceMapper", false],
    );
    await bed.deployment.up([pool({ thinPool: { size: 2 } }), bed.volume("data", { size: 1 })]);
    assert.equal(bed.deployment.get("pool").outputs.thin, true);
    await bed.deployment.destroy();
    assert.equal(await readFile(bed.path("theirs/file"), "utf8"), "theirs");
    assert.equal((await command("vgs", "--noheadings", "-o", "vg_tags", bed.group)).trim(), "");
  } finally {
    await command("umount", bed.path("theirs"));
    await command("vgchange", "-an", bed.group);
  }
});

test("a device of device-mapper that was renamed is the same physical volume", async (t) => {
  const bed = await makeBed(t, "dmname");
  const disk = await makeDisk(bed.path("disk.img"), 2);
  const name = `${bed.group}-disk`.replaceAll("-", "_");
  // Not from the first sector on: lvm takes two devices with one label for duplicates.
  await command("dmsetup", "create", name, "--table", `0 ${2 * 2 ** 21 - 2048} linear ${disk.device} 2048`);
  t.after(() => command("dmsetup", "remove", `${name}_new`).catch(() => command("dmsetup", "remove", name)));
  const program: Declared[] = [
    { kind: "Backend", name: "pool", inputs: { lvm: { volumeGroup: bed.group, devices: [`/dev/mapper/${name}`] } } },
    bed.volume("data", { size: 1 }),
  ];
  await bed.deployment.up(program);
  assert.equal(bed.deployment.get("pool").outputs.thin, true);
  await command("dmsetup", "rename", name, `${name}_new`);
  await bed.deployment.up(program);
  assert.deepEqual(
    (await bed.deployment.preview(program)).map(({ op }) => op),
    ["same", "same"],
  );
  assert.match(String(bed.deployment.get("pool").outputs.devices), /_new$/);
  await bed.deployment.destroy();
});

test("auto is device-mapper only where this process may use it", async () => {
  const text = `
    const { faultOfDeviceMapper } = await import("./dist/provider/host/kernel.js");
    const { wayOf } = await import("./dist/provider/services/lvm/activation/choose.js");
    console.log(wayOf({ activation: "auto" }), faultOfDeviceMapper());`;
  const says = async (...within: string[]) => {
    const [program = "", ...args] = [...within, process.execPath, "--input-type=module", "-e", text];
    return (await command(program, ...args)).trim();
  };
  assert.equal(await says(), "deviceMapper undefined");
  assert.match(
    await says("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /dev/mapper && exec "$@"', "sh"),
    /^loop which this kernel has, but this process cannot use \(ENOENT: .*\/dev\/mapper\/control'\)/,
  );
  assert.match(await says("setpriv", "--bounding-set=-sys_admin"), /^loop .*lacks CAP_SYS_ADMIN/);
});
