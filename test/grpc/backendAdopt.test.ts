import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import test from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { CheckFailed, type Declared, Deployment } from "../support/deployment.js";
import { makeDisk } from "../support/disks.js";
import { inGuest } from "../support/guest.js";
import { command, lvm } from "../support/system.js";

const adopted = (group: string, more: object = {}): Declared => ({
  kind: "Backend",
  name: "pool",
  inputs: { lvm: { volumeGroup: group, adopt: true, ...more } },
});

/** A group as somebody made it, with a volume of theirs in it, which holds data. */
async function somebodys(bed: Bed, { extents = "4m" } = {}): Promise<{ device: string; file: string }> {
  const disk = await makeDisk(bed.path("theirs.img"), 4);
  await lvm("pvcreate", "--yes", disk.device);
  await lvm("vgcreate", "--yes", "-s", extents, bed.group, disk.device);
  await lvm("lvcreate", "-an", "-Zn", "-Wn", "-y", "-L", "64M", "-n", "theirs", bed.group);
  return disk;
}

async function tagsOf(group: string): Promise<string> {
  return (await lvm("vgs", "--noheadings", "-o", "vg_tags", group)).trim();
}

async function refused(bed: Bed, program: Declared, property: string, says: RegExp): Promise<void> {
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.preview([program]), (error: unknown) => {
    assert.ok(error instanceof CheckFailed, String(error));
    const failure = error.failures.find((one) => one.property === property);
    assert.match(failure?.reason ?? error.message, says);
    return true;
  });
  assert.deepEqual(await bed.snapshot(), earlier);
}

test("a group that exists is adopted, used, and let go of as it was", async (t) => {
  const bed = await makeBed(t, "adopt");
  await somebodys(bed);
  const { files: _, ...earlier } = await bed.snapshot();
  const pool = adopted(bed.group);
  await bed.deployment.up([pool]);
  const { id, outputs } = bed.deployment.get("pool");
  assert.equal(id, `lvm:${bed.group}`);
  assert.deepEqual([outputs.state, outputs.thin, outputs.totalGib], ["up", false, 3]);
  assert.match(await tagsOf(bed.group), /blockbox,.*blockbox\.adopted/);
  assert.deepEqual(
    (await bed.deployment.preview([pool])).map(({ op }) => op),
    ["same"],
  );
  assert.deepEqual(await bed.deployment.refresh(), []);
  assert.deepEqual(
    (await bed.deployment.preview([pool])).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.up([pool, bed.volume("data", { size: 1 })]);
  const backend = bed.deployment.get("pool");
  await assert.rejects(
    bed.deployment.withProvider((provider) => provider.delete(backend.id, backend.outputs)),
    /still holds volume-.*data/,
  );
  await bed.deployment.up([pool]);
  await bed.deployment.up([]);
  assert.deepEqual({ ...(await bed.snapshot()), files: undefined }, { ...earlier, files: undefined });
  // Its delete can be repeated after its reply was lost.
  await bed.deployment.withProvider((provider) => provider.delete(backend.id, backend.outputs));
  assert.deepEqual({ ...(await bed.snapshot()), files: undefined }, { ...earlier, files: undefined });
});

test("a group on a file that is not attached is adopted by its file", async (t) => {
  const bed = await makeBed(t, "adoptfile");
  const { device, file } = await somebodys(bed);
  await command("losetup", "-d", device);
  const loopFile = { path: file, size: 4, sparse: true };
  await bed.deployment.up([adopted(bed.group, { loopFile })]);
  assert.equal(bed.deployment.get("pool").outputs.totalGib, 3);
  assert.deepEqual(
    (await bed.deployment.preview([adopted(bed.group, { loopFile })])).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.destroy();
  assert.ok(existsSync(file));
});

test("what cannot be adopted is refused in the preview", async (t) => {
  const bed = await makeBed(t, "adoptbad");
  await refused(bed, adopted(`${bed.group}-none`), "lvm.adopt", /finds no volume group/);
  const { file } = await somebodys(bed, { extents: "384k" });
  await refused(bed, adopted(bed.group), "lvm.adopt", /extents of 393216 bytes, which do not divide a GiB/);
  await writeFile(bed.path("other.img"), "x".repeat(4096));
  const loopFile = (path: string) => ({ loopFile: { path, size: 4, sparse: true } });
  await refused(bed, adopted(bed.group, loopFile(bed.path("none.img"))), "lvm.loopFile.path", /is no file/);
  await refused(bed, adopted(bed.group, loopFile(bed.path("other.img"))), "lvm.loopFile.path", /no physical volume/);
  assert.ok(existsSync(file));
});

test("a group that we made and adopt later is never removed from then on", async (t) => {
  const bed = await makeBed(t, "adoptown");
  await bed.deployment.up([bed.backend({ size: 4 })]);
  // Without its file in the program: it stays the group's.
  const later = adopted(bed.group);
  assert.deepEqual(
    (await bed.deployment.preview([later])).map(({ op }) => op),
    ["update"],
  );
  await bed.deployment.up([later]);
  assert.match(await tagsOf(bed.group), /blockbox\.adopted=later/);
  assert.deepEqual(
    (await bed.deployment.preview([later])).map(({ op }) => op),
    ["same"],
  );
  await bed.deployment.destroy();
  assert.ok(existsSync(bed.image));
  assert.equal(await tagsOf(bed.group), "");
});

test("the adoption of somebody's group is not taken back", async (t) => {
  const bed = await makeBed(t, "adoptback");
  await somebodys(bed);
  await bed.deployment.up([adopted(bed.group)]);
  await assert.rejects(
    bed.deployment.preview([
      { kind: "Backend", name: "pool", inputs: { lvm: { volumeGroup: bed.group, adopt: false } } },
    ]),
    /lvm\.adopt: cannot be taken back/,
  );
  await bed.deployment.destroy();
});

test("another stack adopts the group that one has made elsewhere", async (t) => {
  const bed = await makeBed(t, "adoptother");
  await bed.deployment.up([bed.backend({ size: 4 })]);
  const other = new Deployment({ stack: `${bed.group}-2` });
  await other.up([adopted(bed.group)]);
  assert.equal(other.get("pool").outputs.activation, inGuest ? "deviceMapper" : "loop");
  await other.destroy();
  assert.equal(await tagsOf(bed.group), "");
  await assert.rejects(bed.deployment.destroy(), /does not carry our tag/);
});
