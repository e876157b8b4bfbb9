import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { symlink } from "node:fs/promises";
import test, { type TestContext } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { killProvider } from "../support/creating.js";
import { CheckFailed, type Declared, Deployment } from "../support/deployment.js";
import { type Disk, makeDisk, pullOut, putBack } from "../support/disks.js";
import { foreignGroup } from "../support/foreign.js";
import { type Held, hold } from "../support/held.js";
import { CallError } from "../support/rpc.js";
import { command, physicalVolumes } from "../support/system.js";

/** A Backend on these devices alone; volumes in it are thick, so that they say where they lie. */
const onDevices = (bed: Bed, devices: readonly string[], more: object = {}): Declared => ({
  kind: "Backend",
  name: "pool",
  inputs: { lvm: { volumeGroup: bed.group, devices, thinPool: false, ...more } },
});

async function disksOf(bed: Bed, ...sizes: number[]): Promise<[Disk, Disk, Disk]> {
  const disks: Disk[] = [];
  for (const [at, size] of sizes.entries()) disks.push(await makeDisk(bed.path(`disk${at}.img`), size));
  const [first, second = first, third = first] = disks;
  assert.ok(first && second && third);
  return [first, second, third];
}

async function devicesIn(group: string): Promise<string[]> {
  const pvs = await physicalVolumes();
  return pvs.flatMap(({ pv_name: name = "", vg_name: owner }) => (owner === group ? [name] : [])).sort();
}

async function ops(bed: Bed, ...program: Declared[]): Promise<string[]> {
  return (await bed.deployment.preview(program)).map(({ op }) => op);
}

/** The bytes that are not zero in the first 8 MiB and the last one. */
async function dirtyBytes(device: string): Promise<number> {
  const parts = [
    `dd if=${device} bs=1M count=8 2>/dev/null`,
    `dd if=${device} bs=1M skip=$(( $(blockdev --getsize64 ${device}) / 1048576 - 1 )) 2>/dev/null`,
  ];
  const text = await command("sh", "-c", `{ ${parts.join("; ")}; } | tr -d '\\0' | wc -c`);
  return Number(text);
}

async function refusedByCheck(
  bed: Bed,
  devices: readonly string[],
  says: RegExp,
  more: Declared[] = [],
): Promise<void> {
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.preview([...more, onDevices(bed, devices)]), (error: unknown) => {
    assert.ok(error instanceof CheckFailed, String(error));
    const failure = error.failures.find(({ property }) => property === "lvm.devices");
    assert.match(failure?.reason ?? error.message, says);
    return true;
  });
  assert.deepEqual(await bed.snapshot(), earlier);
}

test("a Backend on devices: made, added to, reduced, and blank again when it is deleted", async (t) => {
  const bed = await makeBed(t, "devices");
  const [one, two, three] = await disksOf(bed, 3, 2, 2);
  const byId = bed.path("by-id");
  await symlink(two.device, byId);
  const earlier = await bed.snapshot();
  await bed.deployment.up([onDevices(bed, [one.device, byId])]);
  const { outputs } = bed.deployment.get("pool");
  assert.equal(outputs.totalGib, 3);
  assert.deepEqual([...(outputs.devices as string[])].sort(), [one.device, two.device].sort());
  assert.equal(await ops(bed, onDevices(bed, [one.device, byId])).then(String), "same");
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.equal(await ops(bed, onDevices(bed, [one.device, byId])).then(String), "same");

  // An id alone is enough to know them again.
  const found = await bed.deployment.withProvider((provider) =>
    provider.read(bed.deployment.get("pool").id, bed.deployment.hidden({ kind: "Backend", name: "found" })),
  );
  assert.deepEqual((found.outputs.lvm as { devices: string[] }).devices.sort(), [one.device, byId].sort());

  await bed.deployment.up([onDevices(bed, [one.device, byId, three.device])]);
  assert.deepEqual(await devicesIn(bed.group), [one.device, two.device, three.device].sort());
  assert.equal(bed.deployment.get("pool").outputs.totalGib, 4);
  await bed.deployment.up([onDevices(bed, [one.device, three.device])]);
  assert.deepEqual(await devicesIn(bed.group), [one.device, three.device].sort());
  assert.equal(await dirtyBytes(two.device), 0);
  await bed.deployment.destroy();
  assert.equal(await dirtyBytes(one.device), 0);
  assert.equal(await dirtyBytes(three.device), 0);
  const after = await bed.snapshot();
  assert.deepEqual({ ...after, files: {} }, { ...earlier, files: {} });
});

test("devices and a file together, and a delete that can be repeated", async (t) => {
  const bed = await makeBed(t, "both");
  const [one] = await disksOf(bed, 2);
  await bed.deployment.up([onDevices(bed, [one.device], { loopFile: { path: bed.image, size: 3, sparse: true } })]);
  assert.equal(bed.deployment.get("pool").outputs.totalGib, 3);
  assert.equal((await devicesIn(bed.group)).length, 2);
  const { id, outputs } = bed.deployment.get("pool");
  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  await bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  assert.equal(existsSync(bed.image), false);
  assert.equal(await dirtyBytes(one.device), 0);
});

test("a device with a part of a volume on it is not removed, and the preview names the volume", async (t) => {
  const bed = await makeBed(t, "onit");
  const [one, two] = await disksOf(bed, 2, 3);
  const volume = bed.volume("data", { size: 2 });
  await bed.deployment.up([onDevices(bed, [one.device, two.device]), volume]);
  await assert.rejects(bed.deployment.preview([onDevices(bed, [one.device]), volume]), (error: unknown) => {
    assert.ok(error instanceof CallError);
    assert.equal(error.method, "diff");
    assert.match(
      error.message,
      new RegExp(`lvm\\.devices has a problem: cannot remove ${two.device}.*volume-.*data.*pvmove ${two.device}`),
    );
    return true;
  });
  await bed.deployment.up([onDevices(bed, [two.device]), volume]);
  assert.deepEqual(await devicesIn(bed.group), [two.device]);
  await assert.rejects(bed.deployment.preview([onDevices(bed, [one.device]), volume]), /cannot remove/);
  await bed.deployment.destroy();
});

test("a device that got another name is the same one", async (t) => {
  const bed = await makeBed(t, "renamed");
  const [one, two] = await disksOf(bed, 2, 2);
  const program = [onDevices(bed, [one.device, two.device])];
  await bed.deployment.up(program);
  const old = two.device;
  await pullOut(two);
  await putBack(two);
  assert.notEqual(two.device, old);
  await bed.deployment.up(program);
  assert.deepEqual(await devicesIn(bed.group), [one.device, two.device].sort());
  assert.ok((bed.deployment.get("pool").outputs.devices as string[]).includes(two.device));
  assert.deepEqual(await ops(bed, ...program), ["same"]);
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.deepEqual(await ops(bed, ...program), ["same"]);
  // By its new name, it is no other one.
  await bed.deployment.up([onDevices(bed, [one.device, two.device])]);
  assert.deepEqual(await devicesIn(bed.group), [one.device, two.device].sort());
  await bed.deployment.destroy();
});

test("a missing device makes the group down, with its name, and nothing leaves the state", async (t) => {
  const bed = await makeBed(t, "missing");
  const [one, two] = await disksOf(bed, 2, 2);
  const program = [onDevices(bed, [one.device, two.device]), bed.volume("data", { size: 1 })];
  await bed.deployment.up(program);
  const name = two.device;
  await pullOut(two);
  const refused = (error: unknown) => {
    assert.ok(error instanceof Error);
    assert.match(error.message, new RegExp(`incomplete: ${name} is missing`));
    return true;
  };
  await assert.rejects(bed.deployment.refresh(), refused);
  assert.ok(bed.deployment.state.has("data"));
  assert.equal(bed.deployment.get("pool").outputs.state, "down");
  await assert.rejects(bed.deployment.up(program), refused);
  await assert.rejects(bed.deployment.destroy(), refused);
  await putBack(two);
  await bed.deployment.up(program);
  assert.equal(bed.deployment.get("pool").outputs.state, "up");
  await bed.deployment.destroy();
});

test("only a device that is proven blank and unused becomes a physical volume", async (t) => {
  const bed = await makeBed(t, "baddev");
  const [blank, fs, odd] = await disksOf(bed, 1, 1, 1);
  await refusedByCheck(bed, ["/dev/bbt-none"], /no block device/);
  await refusedByCheck(bed, [bed.path("disk0.img")], /no block device/);
  await refusedByCheck(bed, [blank.device, blank.device], /twice/);
  const alias = bed.path("alias");
  await symlink(blank.device, alias);
  await refusedByCheck(bed, [blank.device, alias], /one device twice/);
  const other: Declared = {
    kind: "Backend",
    name: "first",
    inputs: { lvm: { volumeGroup: `${bed.group}-f`, devices: [blank.device], thinPool: false } },
  };
  await refusedByCheck(bed, [alias], /another Backend in this program/, [other]);

  await command("mkfs.ext4", "-q", fs.device);
  await refusedByCheck(bed, [fs.device], /not blank: it has an ext4 file system/);
  await command("mkdir", bed.path("mnt"));
  await command("mount", fs.device, bed.path("mnt"));
  await refusedByCheck(bed, [fs.device], /in use: mounted on/);
  await command("umount", bed.path("mnt"));
  // One partition of 1 MiB, and the two bytes that end a boot sector.
  const table = "\\0\\0\\0\\0\\203\\0\\0\\0\\0\\010\\0\\0\\0\\010\\0\\0";
  const write = (text: string, at: number) =>
    command("sh", "-c", `printf '${text}' | dd of=${odd.device} bs=1 seek=${at} conv=notrunc 2>/dev/null`);
  await write(table, 446);
  await write("\\125\\252", 510);
  await refusedByCheck(bed, [odd.device], /partition table/);
  await command("blkdiscard", "-z", odd.device);
  await command("sh", "-c", `head -c 4096 /dev/urandom | dd of=${odd.device} bs=1M seek=1 conv=notrunc 2>/dev/null`);
  await refusedByCheck(bed, [odd.device], /data in its first 4 MiB/);
  const foreign = await foreignGroup(bed.path("foreign.img"), `${bed.group}-foreign`);
  await refusedByCheck(bed, [foreign], /physical volume of volume group .*-foreign/);
  const small = await makeDisk(bed.path("small.img"), 1);
  await command("losetup", "-d", small.device);
  await command("truncate", "-s", "8M", small.file);
  const tiny = (await command("losetup", "--find", "--show", small.file)).trim();
  await refusedByCheck(bed, [tiny], /too small/);
});

/** A create that is killed at the first lvm command of this kind; then one that comes after it. */
async function resumes(t: TestContext, subcommand: string, hint: string): Promise<void> {
  const bed = await makeBed(t, hint);
  const [one, two] = await disksOf(bed, 2, 2);
  const earlier = await bed.snapshot();
  const held = await hold(bed.dir, "lvm", `[ "$1" = ${subcommand} ]`);
  bed.deployment.env = { PATH: held.path };
  const program = [onDevices(bed, [one.device, two.device])];
  const provider = bed.deployment.withProvider(async (running) => {
    const inputs = await running.check(
      {},
      { ...(program[0]?.inputs as object), ...bed.deployment.hidden({ kind: "Backend", name: "pool" }) },
    );
    const creating = running.create(inputs.inputs).catch(() => undefined);
    await held.untilHeld();
    await killProvider(running);
    await creating;
  });
  await provider.catch(() => undefined);
  await held.letGo("work");
  await held.remove();
  bed.deployment.env = {};
  await bed.deployment.up(program);
  assert.deepEqual(await devicesIn(bed.group), [one.device, two.device].sort());
  await bed.deployment.destroy();
  assert.equal(await dirtyBytes(one.device), 0);
  assert.equal(await dirtyBytes(two.device), 0);
  const after = await bed.snapshot();
  assert.deepEqual({ ...after, files: {} }, { ...earlier, files: {} });
}

for (const subcommand of ["pvcreate", "vgcreate", "pvchange"])
  test(`a create on devices that was killed in ${subcommand} is taken up`, (t) => resumes(t, subcommand, "killed"));

/** An update to `program`, or a delete, that is killed once such a command stands still, which then does nothing. */
async function cutShort(bed: Bed, held: Held, program?: Declared): Promise<void> {
  bed.deployment.env = { PATH: held.path };
  const { id, inputs: olds, outputs } = bed.deployment.get("pool");
  const killed = bed.deployment.withProvider(async (running) => {
    const hidden = bed.deployment.hidden({ kind: "Backend", name: "pool" });
    const news = program && (await running.check(olds, { ...(program.inputs as object), ...hidden })).inputs;
    const working = news ? running.update(id, outputs, news) : running.delete(id, outputs);
    working.catch(() => undefined);
    await held.untilHeld();
    await killProvider(running);
    await working;
  });
  await assert.rejects(killed);
  await held.letGo("fail");
  await held.remove();
  bed.deployment.env = {};
}

for (const next of ["up", "destroy"])
  test(`an addition of a device that was killed before vgextend is finished, or undone, by the next ${next}`, async (t) => {
    const bed = await makeBed(t, "extend");
    const [one, two] = await disksOf(bed, 2, 2);
    await bed.deployment.up([onDevices(bed, [one.device])]);
    const both = onDevices(bed, [one.device, two.device]);
    await cutShort(bed, await hold(bed.dir, "lvm", '[ "$1" = vgextend ]'), both);
    assert.notEqual(await dirtyBytes(two.device), 0);
    if (next === "up") {
      await bed.deployment.up([both]);
      assert.deepEqual(await devicesIn(bed.group), [one.device, two.device].sort());
    }
    await bed.deployment.destroy();
    assert.equal(await dirtyBytes(two.device), 0);
  });

for (const next of ["up", "destroy", "refresh"])
  test(`a removal of a device that was killed after vgreduce is finished by the next ${next}`, async (t) => {
    const bed = await makeBed(t, "reduce");
    const [one, two] = await disksOf(bed, 2, 2);
    const both = onDevices(bed, [one.device, two.device]);
    const alone = onDevices(bed, [one.device]);
    await bed.deployment.up([both]);
    const held = await hold(bed.dir, "lvm", '[ "$1" = vgreduce ]', '"$real" "$@" >/dev/null 2>&1');
    await cutShort(bed, held, alone);
    assert.deepEqual(await devicesIn(bed.group), [one.device]);
    assert.notEqual(await dirtyBytes(two.device), 0);
    if (next !== "destroy") {
      // What state knew of the device stays until it is given back.
      if (next === "refresh") assert.deepEqual(await bed.deployment.refresh(), []);
      assert.deepEqual(await ops(bed, alone), ["update"]);
      await bed.deployment.up([alone]);
      assert.equal(await dirtyBytes(two.device), 0);
      assert.deepEqual(await ops(bed, alone), ["same"]);
    }
    await bed.deployment.destroy();
    assert.equal(await dirtyBytes(one.device), 0);
    assert.equal(await dirtyBytes(two.device), 0);
  });

test("a device that a killed removal left can be added again", async (t) => {
  const bed = await makeBed(t, "readd");
  const [one, two] = await disksOf(bed, 2, 2);
  const both = onDevices(bed, [one.device, two.device]);
  await bed.deployment.up([both]);
  const held = await hold(bed.dir, "lvm", '[ "$1" = vgreduce ]', '"$real" "$@" >/dev/null 2>&1');
  await cutShort(bed, held, onDevices(bed, [one.device]));
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.deepEqual(await ops(bed, both), ["update"]);
  await bed.deployment.up([both]);
  assert.deepEqual(await devicesIn(bed.group), [one.device, two.device].sort());
  assert.deepEqual(await ops(bed, both), ["same"]);
  await bed.deployment.destroy();
});

for (const next of ["its own delete", "another Backend"])
  test(`a device whose clearing was killed after pvremove is cleared, or used, by ${next}`, async (t) => {
    const bed = await makeBed(t, "head");
    const [one] = await disksOf(bed, 2);
    await bed.deployment.up([onDevices(bed, [one.device])]);
    const head = 'case "$*" in *"--offset 0 --length 8192 "*) true ;; *) false ;; esac';
    await cutShort(bed, await hold(bed.dir, "blkdiscard", head));
    assert.notEqual(await dirtyBytes(one.device), 0);
    assert.ok(!(await physicalVolumes()).some(({ pv_name: name }) => name === one.device));
    const other = next === "another Backend" ? new Deployment({ stack: `${bed.group}-2` }) : bed.deployment;
    if (other !== bed.deployment) await other.up([onDevices(bed, [one.device])]);
    await other.destroy();
    assert.equal(await dirtyBytes(one.device), 0);
  });
