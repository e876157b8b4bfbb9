import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { CheckFailed, type Declared } from "../support/deployment.js";
import { foreignGroup } from "../support/foreign.js";
import { CallError } from "../support/rpc.js";
import { logicalVolumes, lvm } from "../support/system.js";

const notOurs = (error: unknown) => {
  assert.ok(error instanceof CallError, String(error));
  assert.equal(error.init, undefined);
  assert.match(error.message, /tag|ours|blockbox|renamed/i);
  return true;
};

test("a volume of our name without our tag is neither changed nor removed", async (t) => {
  const bed = await makeBed(t, "untag");
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  const { id } = bed.deployment.get("data");
  await lvm("lvchange", "--deltag", "blockbox", id);
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.up([bed.backend(), bed.volume("data", { size: 1, name: "other" })]), notOurs);
  await assert.rejects(bed.deployment.up([bed.backend()]), notOurs);
  await assert.rejects(bed.deployment.destroy(), notOurs);
  assert.deepEqual(await bed.snapshot(), earlier);
  await lvm("lvchange", "--addtag", "blockbox", id);
  await bed.deployment.destroy();
});

test("our tag under another name is refused", async (t) => {
  const bed = await makeBed(t, "rename");
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  const { id } = bed.deployment.get("data");
  await lvm("lvrename", id, `${bed.group}/somebodys`);
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.up([bed.backend(), bed.volume("data", { size: 1, name: "other" })]), notOurs);
  await assert.rejects(bed.deployment.up([bed.backend()]), notOurs);
  assert.deepEqual(await bed.snapshot(), earlier);
  await lvm("lvrename", `${bed.group}/somebodys`, id);
  await bed.deployment.destroy();
});

test("a volume that was handed over (another name, no tag of ours) is let go of and left alone", async (t) => {
  const bed = await makeBed(t, "handed");
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  const { id } = bed.deployment.get("data");
  await lvm("lvchange", "--deltag", "blockbox", id);
  await lvm("lvrename", id, `${bed.group}/volume-adopted`);
  await bed.deployment.up([bed.backend()]);
  assert.equal(bed.deployment.state.has("data"), false);
  assert.deepEqual(
    (await logicalVolumes(bed.group)).map(({ lv_name: name }) => name),
    ["volume-adopted"],
  );
  await assert.rejects(bed.deployment.destroy(), /volume-adopted/);
  await lvm("lvremove", "--yes", `${bed.group}/volume-adopted`);
  await bed.deployment.destroy();
});

test("another volume under the recorded name is refused", async (t) => {
  const bed = await makeBed(t, "swap");
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  const { id } = bed.deployment.get("data");
  await lvm("lvrename", id, `${bed.group}/aside`);
  await lvm(
    "lvcreate",
    "-an",
    "-Zn",
    "-Wn",
    "-y",
    "-L",
    "1G",
    "--addtag",
    "blockbox",
    "-n",
    id.split("/")[1] ?? "",
    bed.group,
  );
  const earlier = await bed.snapshot();
  await assert.rejects(bed.deployment.up([bed.backend()]), CallError);
  assert.deepEqual(await bed.snapshot(), earlier);
  await lvm("lvremove", "--yes", id);
  await lvm("lvrename", `${bed.group}/aside`, id);
  await bed.deployment.destroy();
});

test("a volume that lost our tag, or its name, is neither attached nor, once attached, let go of", async (t) => {
  const bed = await makeBed(t, "noattach");
  const program = [bed.backend(), bed.volume("data", { size: 1 })];
  const disk = bed.attachment("disk", "data");
  await bed.deployment.up(program);
  const { id } = bed.deployment.get("data");
  const behindOurBack: { take: () => Promise<unknown>; giveBack: () => Promise<unknown> }[] = [
    {
      take: () => lvm("lvchange", "--deltag", "blockbox", id),
      giveBack: () => lvm("lvchange", "--addtag", "blockbox", id),
    },
    {
      take: () => lvm("lvrename", id, `${bed.group}/somebodys`),
      giveBack: () => lvm("lvrename", `${bed.group}/somebodys`, id),
    },
  ];
  for (const attached of [false, true]) {
    if (attached) await bed.deployment.up([...program, disk]);
    for (const { take, giveBack } of behindOurBack) {
      await take();
      const earlier = await bed.snapshot();
      const changed = attached ? program : [...program, disk];
      await assert.rejects(bed.deployment.up(changed), /\[NOT_OURS\]|volume: (is not there|does not carry our tag)/);
      await assert.rejects(bed.deployment.refresh(), notOurs);
      assert.deepEqual(await bed.snapshot(), earlier);
      assert.equal(bed.deployment.state.size, attached ? 3 : 2);
      await giveBack();
    }
  }
  await bed.deployment.destroy();
});

test("a group renamed or untagged behind our back is refused, with what is in it", async (t) => {
  const bed = await makeBed(t, "regroup");
  const program = [bed.backend(), bed.volume("data", { size: 1 })];
  await bed.deployment.up(program);
  const behindOurBack: { take: [string, ...string[]]; giveBack: [string, ...string[]] }[] = [
    {
      take: ["vgchange", "--deltag", "blockbox", bed.group],
      giveBack: ["vgchange", "--addtag", "blockbox", bed.group],
    },
    { take: ["vgrename", bed.group, `${bed.group}-x`], giveBack: ["vgrename", `${bed.group}-x`, bed.group] },
  ];
  for (const { take, giveBack } of behindOurBack) {
    await lvm(...take);
    const earlier = await bed.snapshot();
    const larger = [bed.backend({ size: 5 }), bed.volume("data", { size: 1, name: "other" })];
    for (const change of [larger, [...program, bed.volume("more", { size: 1 })], program.slice(0, 1)])
      await assert.rejects(bed.deployment.up(change), /\[NOT_OURS\]|cannot be seen .*\[NOT_HERE\]/);
    await assert.rejects(bed.deployment.refresh(), notOurs);
    await assert.rejects(bed.deployment.destroy(), notOurs);
    assert.deepEqual(await bed.snapshot(), earlier);
    assert.deepEqual([...bed.deployment.state.keys()], ["pool", "data"]);
    await lvm(...giveBack);
  }
  await bed.deployment.destroy();
});

test("a group and a volume that are somebody's are neither used, changed nor removed, which the preview says", async (t) => {
  const bed = await makeBed(t, "others");
  const group = `${bed.group}-foreign`;
  const uuid = "0b6f4a3c-5d0e-4f5e-9a39-2f1f6f6d3c11";
  await foreignGroup(bed.path("foreign.img"), group, "4G");
  await bed.deployment.up([bed.backend()]);
  // By Cinder's own name, as ours are.
  for (const one of [group, bed.group])
    await lvm("lvcreate", "-an", "-Zn", "-Wn", "-y", "-L", "1G", "-n", `volume-${uuid}`, one);
  const earlier = await bed.snapshot();
  const attempts: [declared: Declared, refusal: RegExp][] = [
    [{ kind: "Backend", name: "other", inputs: { lvm: { volumeGroup: group } } }, /exists on this host already/],
    [{ kind: "Volume", name: "data", inputs: { backend: `lvm:${group}`, size: 1 } }, /tag/],
    ...[group, bed.group].map((one): [Declared, RegExp] => [
      { kind: "Attachment", name: "disk", inputs: { volume: `${one}/volume-${uuid}` } },
      /tag/,
    ]),
  ];
  for (const [declared, refusal] of attempts) {
    for (const attempt of ["preview", "up"] as const) {
      await assert.rejects(
        bed.deployment[attempt]([bed.backend(), declared]),
        (error: unknown) => {
          assert.ok(error instanceof CheckFailed || error instanceof CallError, String(error));
          assert.match(error.message, refusal);
          return true;
        },
        `${attempt} of ${JSON.stringify(declared)}`,
      );
    }
    assert.equal(bed.deployment.state.size, 1);
  }
  assert.deepEqual(await bed.snapshot(), earlier);
  await lvm("lvremove", "--yes", `${bed.group}/volume-${uuid}`);
  await bed.deployment.destroy();
});
