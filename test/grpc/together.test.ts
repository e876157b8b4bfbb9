import assert from "node:assert/strict";
import { statfsSync } from "node:fs";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { CheckFailed, type Declared, type Program } from "../support/deployment.js";

const gib = 1024 ** 3;

/** A preview that fails at the check of this resource, for this property alone, and changes nothing. */
async function refusedTogether(bed: Bed, program: Program, resource: string, property: string, says: RegExp) {
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.preview(program), (error: unknown) => {
    assert.ok(error instanceof CheckFailed, String(error));
    assert.equal(error.resource, resource);
    assert.deepEqual(
      error.failures.map((failure) => failure.property),
      [property],
    );
    assert.match(error.failures[0]?.reason ?? "", says);
    return true;
  });
  assert.deepEqual(await bed.snapshot(), earlier);
}

async function passesAlone(bed: Bed, program: Program): Promise<void> {
  const earlier = await bed.snapshot();
  const steps = await bed.deployment.preview(program);
  assert.ok(steps.every(({ op }) => op === "create" || op === "same"));
  assert.deepEqual(await bed.snapshot(), earlier);
}

test("two Attachments on one mount path fail together in the preview; each alone passes", async (t) => {
  const bed = await makeBed(t, "onepath");
  const before = [bed.backend({ size: 5 }), bed.volume("a", { size: 1 }), bed.volume("b", { size: 1 })];
  const disk = (name: string, volume: string) => bed.attachment(name, volume, { mount: { path: bed.path("disk") } });
  // with everything still to be made, and with the volumes there
  for (const made of [false, true]) {
    if (made) await bed.deployment.up(before);
    await passesAlone(bed, [...before, disk("one", "a")]);
    await passesAlone(bed, [...before, disk("two", "b")]);
    const both = [...before, disk("one", "a"), disk("two", "b")];
    await refusedTogether(bed, both, "two", "mount.path", /another Attachment in this program/);
  }
  await bed.deployment.destroy();
});

test("a mount path that another Attachment leaves in the same up is still in use in its preview", async (t) => {
  const bed = await makeBed(t, "swap");
  const before = [bed.backend({ size: 5 }), bed.volume("a", { size: 1 }), bed.volume("b", { size: 1 })];
  const at = (name: string, volume: string, path: string) =>
    bed.attachment(name, volume, { mount: { path: bed.path(path) } });
  await bed.deployment.up([...before, at("one", "a", "left"), at("two", "b", "right")]);
  // both keep their own: nothing is in the way
  await passesAlone(bed, [...before, at("one", "a", "left"), at("two", "b", "right")]);
  await refusedTogether(
    bed,
    [...before, at("one", "a", "left"), at("two", "b", "left")],
    "two",
    "mount.path",
    /another Attachment in this program/,
  );
  await bed.deployment.destroy();
});

test("two Backends that reserve more than is free fail together in the preview; each alone passes", async (t) => {
  const bed = await makeBed(t, "space");
  const { bavail, bsize } = statfsSync(bed.dir);
  const freeGib = Math.floor((bavail * bsize) / gib);
  const size = Math.max(2, Math.floor(freeGib * 0.6));
  const pool = (name: string, sparse = false, gibs = size): Declared => ({
    kind: "Backend",
    name,
    inputs: {
      lvm: { volumeGroup: `${bed.group}-${name}`, loopFile: { path: bed.path(`${name}.img`), size: gibs, sparse } },
    },
  });
  await passesAlone(bed, [pool("one")]);
  await passesAlone(bed, [pool("two")]);
  await refusedTogether(
    bed,
    [pool("one"), pool("two")],
    "two",
    "lvm.loopFile.size",
    /with the other Backends of this program/,
  );
  // what reserves nothing counts for nothing, and what is less than the rest fits
  await passesAlone(bed, [pool("one"), pool("two", true)]);
  await passesAlone(bed, [pool("one"), pool("two", false, Math.max(2, Math.floor(freeGib * 0.2)))]);
});

const sparsePool = (bed: Bed, name: string, group: string, file: string): Declared => ({
  kind: "Backend",
  name,
  inputs: {
    lvm: { volumeGroup: `${bed.group}-${group}`, loopFile: { path: bed.path(file), size: 3, sparse: true } },
  },
});

test("two Backends of one group fail together in the preview", async (t) => {
  const bed = await makeBed(t, "samegroup");
  const program = [sparsePool(bed, "one", "a", "a.img"), sparsePool(bed, "two", "a", "b.img")];
  await refusedTogether(bed, program, "two", "lvm.volumeGroup", /another Backend in this program/);
});

test("two Backends on one file fail together in the preview", async (t) => {
  const bed = await makeBed(t, "samefile");
  const program = [sparsePool(bed, "one", "a", "a.img"), sparsePool(bed, "two", "b", "a.img")];
  await refusedTogether(bed, program, "two", "lvm.loopFile.path", /another Backend in this program/);
});
