import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { loopsOver } from "../support/cleanup.js";
import { digest, pattern, readBytes, sha256, writeThrough } from "../support/content.js";
import { CheckFailed } from "../support/deployment.js";
import { random } from "../support/random.js";
import { CallError } from "../support/rpc.js";
import { command, logicalVolumes, segments } from "../support/system.js";

// In loop activation lvm guards no volume that is in use: lvremove of a mounted one succeeds.
const mib = 1024 ** 2;
const gib = 1024 ** 3;
const seed = Number(process.env.BLOCKBOX_SEED ?? Math.floor(Math.random() * 2 ** 31));
const changes = 14;

/** The two volumes that stay: one mounted, the other a device, of which the first and last bytes tell. */
const kept = pattern(`kept ${seed}`, 24 * mib + 3);
const edge = pattern(`edge ${seed}`, mib);

console.log(`neighbours: BLOCKBOX_SEED=${seed}`);

test(`volumes are removed, grown and made again beside a mounted one and a device, ${changes} changes by chance: both stay whole`, async (t) => {
  const bed = await makeBed(t, "beside");
  const sizes = new Map<string, number>([["first", 1]]);
  const program = () => [
    bed.backend({ size: 10, lvm: { activation: "loop", thinPool: false } }),
    ...[...sizes].map(([name, size]) => bed.volume(name, { size })),
    ...[...sizes].map(([name, size]) =>
      name === "mounted"
        ? bed.attachment("disk-mounted", name)
        : bed.attachment(`disk-${name}`, name, { mount: undefined, size }),
    ),
  ];
  const deviceOf = (name: string) => String(bed.deployment.get(`disk-${name}`).outputs.devicePath);
  const file = join(bed.path("disk-mounted"), "file");
  const assertWhole = async (after: string) => {
    await command("sh", "-c", "echo 1 > /proc/sys/vm/drop_caches");
    assert.equal(await sha256(file), digest(kept), after);
    for (const at of [0, gib - mib])
      assert.ok((await readBytes(deviceOf("device"), at, mib)).equals(edge), `byte ${at} on, ${after}`);
  };

  await bed.deployment.up(program());
  for (const name of ["mounted", "device"]) sizes.set(name, 1);
  await bed.deployment.up(program());
  await writeThrough(file, kept);
  for (const at of [0, gib - mib]) await writeThrough(deviceOf("device"), edge, at);

  const { pick, below } = random(seed);
  const done: string[] = [];
  while (done.length < changes) {
    const others = [...sizes.keys()].filter((name) => name !== "mounted" && name !== "device");
    const what = others.length === 0 ? "create" : pick(["create", "create", "grow", "remove"]);
    const before = new Map(sizes);
    const name = what === "create" ? `volume-${done.length}` : (others[below(others.length)] ?? "");
    if (what === "remove") sizes.delete(name);
    else sizes.set(name, (sizes.get(name) ?? 0) + 1 + below(2));
    let said = "";
    try {
      await bed.deployment.up(program());
    } catch (error) {
      // Where there is no room, the next change begins from what was.
      assert.ok(error instanceof CheckFailed || error instanceof CallError, String(error));
      assert.match(error.message, /free|neighbour|behind/);
      assert.notEqual(what, "remove");
      said = ", refused";
      sizes.clear();
      for (const [one, size] of before) sizes.set(one, size);
    }
    done.push(`${what} ${name} ${sizes.get(name) ?? 0}${said}`);
    const size = sizes.get(name);
    if (size !== undefined && said === "") {
      // It is whoever's it is made for, from its first to its last byte.
      const own = pattern(`${name} ${done.length}`, mib);
      for (const at of [0, size * gib - mib]) await writeThrough(deviceOf(name), own, at);
    }
    await assertWhole(done.join("; "));
  }
  t.diagnostic(done.join("; "));

  const ids = (await logicalVolumes(bed.group)).map(({ lv_name: lv }) => `${bed.group}/${lv}`);
  assert.deepEqual(ids.sort(), [...sizes.keys()].map((name) => bed.deployment.get(name).id).sort());
  assert.equal((await segments(bed.group)).length, sizes.size, "one has several pieces");
  assert.equal((await loopsOver(bed.image)).length, 1 + sizes.size);
  await command("umount", bed.path("disk-mounted"));
  await command("e2fsck", "-fn", deviceOf("mounted"));
  await bed.deployment.up(program());
  await assertWhole("after a mount anew");
  await bed.deployment.destroy();
});
