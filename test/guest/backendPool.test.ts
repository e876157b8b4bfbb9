import assert from "node:assert/strict";
import test from "node:test";
import { makeBed } from "../support/bed.js";
import { checkedInputs, killProvider } from "../support/creating.js";
import { CheckFailed } from "../support/deployment.js";
import { hold } from "../support/held.js";
import { CallError, type Props } from "../support/rpc.js";
import { command, logicalVolumes, lvm } from "../support/system.js";

const gib = 1024 ** 3;

/** Sizes in bytes and attributes of a group's logical volumes, by name. */
async function volumesOf(group: string): Promise<Record<string, { bytes: number; attr: string; tags: string }>> {
  const rows = await logicalVolumes(group);
  return Object.fromEntries(
    rows.map(({ lv_name: name = "", lv_size: size, lv_attr: attr = "", lv_tags: tags = "" }) => [
      name.replace(/[[\]]/g, ""),
      { bytes: Number(size), attr, tags },
    ]),
  );
}

async function mapped(group: string): Promise<string[]> {
  const names = (await command("dmsetup", "ls")).split("\n").map((line) => line.split("\t")[0] ?? "");
  return names.filter((name) => name.startsWith(`${group.replaceAll("-", "--")}-`));
}

test("a Backend has a thin pool by itself, of 95 % of the group; it grows with the group and goes with it", async (t) => {
  const bed = await makeBed(t, "pool");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend({ size: 4 })]);
  const { outputs } = bed.deployment.get("pool");
  assert.deepEqual([outputs.thin, outputs.activation, outputs.totalGib], [true, "deviceMapper", 3]);
  const pool = `${bed.group}-pool`;
  const made = (await volumesOf(bed.group))[pool];
  assert.equal(made?.bytes, Math.floor(1022 * 0.95) * 4 * 1024 ** 2);
  assert.ok((await mapped(bed.group)).length > 0);
  assert.equal(made?.tags, "blockbox");
  assert.deepEqual(
    (await bed.deployment.preview([bed.backend({ size: 4 })])).map(({ op }) => op),
    ["same"],
  );

  const larger = [bed.backend({ size: 7 })];
  await bed.deployment.up(larger);
  assert.equal(bed.deployment.get("pool").outputs.totalGib, 6);
  assert.equal((await volumesOf(bed.group))[pool]?.bytes, Math.floor(1790 * 0.95) * 4 * 1024 ** 2);
  assert.deepEqual(
    (await bed.deployment.preview(larger)).map(({ op }) => op),
    ["same"],
  );
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.deepEqual(
    (await bed.deployment.preview(larger)).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.destroy();
  assert.deepEqual(await mapped(bed.group), []);
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("its pool's sizes and ratio are as said, grow in place, and never shrink", async (t) => {
  const bed = await makeBed(t, "poolsize");
  const withPool = (thinPool: unknown, size = 6) => [
    bed.backend({ lvm: { loopFile: { path: bed.image, size, sparse: true }, thinPool } }),
  ];
  await bed.deployment.up(withPool({ size: 2, metadataSizeMib: 32, maxOverSubscriptionRatio: 1.5 }));
  const before = await volumesOf(bed.group);
  assert.equal(before[`${bed.group}-pool`]?.bytes, 2 * gib);
  assert.equal(before[`${bed.group}-pool_tmeta`]?.bytes, 32 * 1024 ** 2);
  await bed.deployment.up(withPool({ size: 3, metadataSizeMib: 64, maxOverSubscriptionRatio: 2 }));
  const after = await volumesOf(bed.group);
  assert.equal(after[`${bed.group}-pool`]?.bytes, 3 * gib);
  assert.equal(after[`${bed.group}-pool_tmeta`]?.bytes, 64 * 1024 ** 2);
  assert.equal(bed.deployment.get("pool").outputs.totalGib, 3);
  assert.match(await lvm("vgs", "--noheadings", "-o", "vg_tags", bed.group), /blockbox\.ratio=2/);

  const refused = async (thinPool: unknown, property: string, says: RegExp) => {
    await assert.rejects(bed.deployment.preview(withPool(thinPool)), (error: unknown) => {
      assert.ok(error instanceof CheckFailed);
      const failure = error.failures.find((one) => one.property === property);
      assert.match(failure?.reason ?? error.message, says);
      return true;
    });
  };
  await refused({ size: 2 }, "lvm.thinPool.size", /cannot shrink from 3 to 2 GiB/);
  await refused({ size: 3, metadataSizeMib: 32 }, "lvm.thinPool.metadataSizeMib", /cannot shrink/);
  await refused({ size: 9 }, "lvm.thinPool.size", /is 9 GiB, and the group has \d\.\d GiB/);
  await refused({ size: 3, metadataSizeMib: 9000 }, "lvm.thinPool.metadataSizeMib", /asks for 18000 MiB/);
  await bed.deployment.up(withPool({ metadataSizeMib: 64 }));
  assert.ok(((await volumesOf(bed.group))[`${bed.group}-pool`]?.bytes ?? 0) > 5 * gib);
  await bed.deployment.destroy();
});

test("a pool is turned on later, and off while it is empty", async (t) => {
  const bed = await makeBed(t, "poolon");
  const backend = (thinPool: boolean) =>
    bed.backend({ lvm: { loopFile: { path: bed.image, size: 4, sparse: true }, thinPool } });
  const volume = bed.volume("data", { size: 1 });
  await bed.deployment.up([backend(false), volume]);
  assert.equal(bed.deployment.get("pool").outputs.thin, false);
  await bed.deployment.up([backend(true), volume]);
  assert.equal(bed.deployment.get("pool").outputs.thin, true);
  // Without the GiB that the thick volume has.
  assert.equal(bed.deployment.get("pool").outputs.totalGib, 2);
  await bed.deployment.up([backend(true), volume, bed.volume("thin", { size: 1 })]);
  assert.match((await volumesOf(bed.group))[bed.deployment.get("thin").id.split("/")[1] ?? ""]?.attr ?? "", /^V/);

  await assert.rejects(bed.deployment.preview([backend(false), volume]), (error: unknown) => {
    assert.ok(error instanceof CallError);
    assert.match(error.message, /lvm\.thinPool has a problem: cannot be taken away.*thin-/);
    return true;
  });
  await bed.deployment.up([backend(true), volume]);
  await bed.deployment.up([backend(false), volume]);
  assert.deepEqual(Object.keys(await volumesOf(bed.group)), [bed.deployment.get("data").id.split("/")[1]]);
  assert.deepEqual(await mapped(bed.group), []);
  await bed.deployment.destroy();
});

test("after a reboot the pool is active again with an up", async (t) => {
  const bed = await makeBed(t, "poolback");
  const program = [bed.backend({ size: 4 })];
  await bed.deployment.up(program);
  await command("vgchange", "-an", bed.group);
  assert.deepEqual(await mapped(bed.group), []);
  assert.deepEqual(
    (await bed.deployment.preview(program)).map(({ op }) => op),
    ["update"],
  );
  await bed.deployment.up(program);
  assert.ok((await mapped(bed.group)).length > 0);
  assert.deepEqual(
    (await bed.deployment.preview(program)).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.destroy();
});

test("what a preview can know of a pool fails there", async (t) => {
  const bed = await makeBed(t, "poolbad");
  const refused = async (lvmInputs: object, property: string, says: RegExp) => {
    const program = [bed.backend({ lvm: { loopFile: { path: bed.image, size: 4, sparse: true }, ...lvmInputs } })];
    await assert.rejects(bed.deployment.preview(program), (error: unknown) => {
      assert.ok(error instanceof CheckFailed, String(error));
      const failure = error.failures.find((one) => one.property === property);
      assert.match(failure?.reason ?? error.message, says);
      return true;
    });
  };
  await refused({ thinPool: { size: 5 } }, "lvm.thinPool.size", /is 5 GiB, and the group has 3\.9 GiB/);
  await refused({ thinPool: { size: 3, metadataSizeMib: 1000 } }, "lvm.thinPool.metadataSizeMib", /ask for less/);
  await refused({ thinPool: true, activation: "loop" }, "lvm.thinPool", /needs device-mapper/);
  await refused({ loopFile: { path: bed.image, size: 1 } }, "lvm.thinPool", /would have room for no volume/);
  await refused({ volumeGroup: `${"a-".repeat(20)}b` }, "lvm.volumeGroup", /device-mapper's names/);
});

test("a pool that ran full gives its writers errors, is warned of, and is healed by growing", async (t) => {
  const bed = await makeBed(t, "poolfull");
  const program = (size: number) => [
    bed.backend({
      lvm: { loopFile: { path: bed.image, size, sparse: true }, thinPool: { maxOverSubscriptionRatio: 3 } },
    }),
    bed.volume("data", { size: 3 }),
    bed.attachment("disk", "data", { mount: undefined }),
  ];
  await bed.deployment.up(program(2));
  const device = String(bed.deployment.get("disk").outputs.devicePath);
  const write = (from: number, count: number) =>
    command(
      "dd",
      "if=/dev/urandom",
      `of=${device}`,
      "bs=1M",
      `seek=${from}`,
      `count=${count}`,
      "oflag=direct",
      "conv=notrunc",
    );
  await assert.rejects(write(0, 2500));
  await bed.deployment.withProvider(async (provider) => {
    await bed.deployment.refresh();
    await provider.says(/warning: thin pool .* has used 100 % of its data/);
  });
  await bed.deployment.up(program(5));
  await write(0, 2500);
  await bed.deployment.destroy();
});

for (const [word, when] of [
  ["before", () => '[ "$1" = lvcreate ]'],
  // Asked by what is held itself: who looks on from here may come too late. The pool has its data and its metadata beside it.
  [
    "after",
    (group: string) =>
      `[ "$1" = fullreport ] && [ $(cat /sys/block/dm-*/dm/name | grep -c ${group.replaceAll("-", "--")}) -ge 3 ]`,
  ],
] as const)
  test(`a create that was killed ${word} its pool was made is begun again`, async (t) => {
    const bed = await makeBed(t, "poolkill");
    const held = await hold(bed.dir, "lvm", when(bed.group));
    bed.deployment.env = { PATH: held.path };
    const program = [bed.backend({ size: 4 })];
    await bed.deployment.withProvider(async (provider) => {
      const inputs = await checkedInputs(provider, bed.deployment, {
        kind: "Backend",
        name: "pool",
        inputs: program[0]?.inputs as Props,
      });
      const creating = provider.create(inputs).catch(() => undefined);
      await held.untilHeld();
      await killProvider(provider);
      await creating;
    });
    await held.letGo(word === "before" ? "work" : "fail");
    await held.remove();
    bed.deployment.env = {};
    await bed.deployment.up(program);
    assert.equal(bed.deployment.get("pool").outputs.thin, true);
    await bed.deployment.destroy();
    assert.deepEqual(await mapped(bed.group), []);
  });
