import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
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
