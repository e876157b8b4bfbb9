import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { digest, isZero, pattern, readBytes, sha256, writeThrough } from "../support/content.js";
import type { Declared } from "../support/deployment.js";
import { CallError, type Props } from "../support/rpc.js";
import { copyOf, mappedOf, mountedForReading, snapshotOf } from "../support/snapshots.js";
import { command, logicalVolume, logicalVolumes, lvm } from "../support/system.js";

const gib = 1024 ** 3;
const mib = 1024 ** 2;
const ops = (steps: { op: string }[]) => steps.map(({ op }) => op);

/** Writes into a folder as long as it runs. */
function writerIn(folder: string): { stop(): Promise<void> } {
  const child = spawn("sh", ["-c", `while :; do head -c 1M /dev/urandom > ${folder}/noise; done`], { stdio: "ignore" });
  const exited = once(child, "exit");
  return {
    async stop() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Whether a file holds these bytes at a place where a chunk of a snapshot may begin. */
async function holds(path: string, bytes: Buffer): Promise<boolean> {
  const step = 4 * mib;
  for (let at = 0; ; at += step) {
    const piece = await readBytes(path, at, step);
    if (piece.length === 0) return false;
    if (piece.includes(bytes)) return true;
  }
}

function refused(code: string, words: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.ok(error.message.includes(`[${code}]`), error.message);
    assert.match(error.message, words);
    return true;
  };
}

const remove = (bed: Bed, name: string, changed: Props = {}) => {
  const { id, outputs } = bed.deployment.get(name);
  return bed.deployment.withProvider((provider) => provider.delete(id, { ...outputs, ...changed }));
};

for (const thinPool of [true, false]) {
  const kind = thinPool ? "thin" : "thick";
  const pool = (bed: Bed, lvmInputs: Props = {}) => bed.backend({ size: 12, lvm: { thinPool, ...lvmInputs } });

  test(`${kind}: a snapshot of a mounted volume holds what was synced, and so do volumes made of it, which outlive both`, async (t) => {
    const bed = await makeBed(t, `${kind}-taken`);
    const earlier = await bed.snapshot();
    const data = [pool(bed), bed.volume("data", { size: 1, bootable: true }), bed.attachment("disk", "data")];
    await bed.deployment.up(data);
    const content = pattern(kind, 20 * mib);
    await writeThrough(bed.path("disk/file"), content);
    const writer = writerIn(bed.path("disk"));
    const withSnapshot = [...data, snapshotOf("taken", "data", { description: "first" })];
    await bed.deployment.up(withSnapshot);
    await writer.stop();
    const { id, outputs } = bed.deployment.get("taken");
    assert.match(id, new RegExp(`^${bed.group}/_snapshot-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`));
    assert.equal(outputs.size, 1);
    assert.match(String(outputs.createdAt), /^\d{4}-\d\d-\d\dT/);
    assert.match(String(outputs.name), /^taken-[0-9a-f]{7}$/);
    assert.deepEqual(ops(await bed.deployment.preview(withSnapshot)), ["same", "same", "same", "same"]);
    await writeThrough(bed.path("disk/file"), pattern("later", 20 * mib));

    const same = copyOf("same", { snapshotId: "taken" });
    const larger = copyOf("larger", { snapshotId: "taken" }, { size: 2, bootable: false });
    const copies = [same, larger, bed.attachment("raw", "larger", { mount: undefined })];
    await bed.deployment.up([...withSnapshot, ...copies]);
    assert.equal(bed.deployment.get("same").outputs.size, 1);
    assert.deepEqual(
      ["same", "larger"].map((name) => bed.deployment.get(name).outputs.bootable),
      [true, false],
    );
    const device = String(bed.deployment.get("raw").outputs.devicePath);
    assert.ok(await isZero(device, gib, gib), "the rest of a larger copy");
    await mountedForReading(bed, device, async (path) => assert.equal(await sha256(`${path}/file`), digest(content)));
    assert.deepEqual(ops(await bed.deployment.preview([...withSnapshot, ...copies])), Array(7).fill("same"));
    assert.deepEqual(await bed.deployment.refresh(), []);
    assert.deepEqual(ops(await bed.deployment.preview([...withSnapshot, ...copies])), Array(7).fill("same"));

    // The snapshot goes, and then what it was taken of.
    await bed.deployment.up([pool(bed), bed.volume("same", { size: 1 }), bed.attachment("kept", "same")]);
    assert.equal(await sha256(bed.path("kept/file")), digest(content));
    assert.equal(
      (await logicalVolumes(bed.group)).filter(({ lv_name: name }) => /volume|snapshot/.test(name ?? "")).length,
      1,
    );
    await bed.deployment.destroy();
    assert.deepEqual(await mappedOf(bed.group), []);
    assert.deepEqual(await bed.snapshot(), earlier);
  });

  test(`${kind}: a volume that is not attached is snapshotted, copied and cloned with all that it holds`, async (t) => {
    const bed = await makeBed(t, `${kind}-idle`);
    const earlier = await bed.snapshot();
    const content = pattern("idle", 8 * mib);
    const volumes = [pool(bed), bed.volume("data", { size: 1 })];
    await bed.deployment.up([...volumes, bed.attachment("raw", "data", { mount: undefined })]);
    const write = async (bytes: Buffer) => {
      await writeThrough(String(bed.deployment.get("raw").outputs.devicePath), bytes, 300 * mib);
    };
    await write(content);
    await bed.deployment.up(volumes);
    assert.deepEqual(await mappedOf(bed.group).then((names) => names.filter((name) => name.includes("volume"))), []);
    await bed.deployment.up([...volumes, snapshotOf("taken", "data")]);
    // What changes afterwards is in the clone, not in the copy of the snapshot.
    await bed.deployment.up([
      ...volumes,
      snapshotOf("taken", "data"),
      bed.attachment("raw", "data", { mount: undefined }),
    ]);
    const later = pattern("changed", 8 * mib);
    await write(later);
    const program = [
      ...volumes,
      snapshotOf("taken", "data"),
      copyOf("copy", { snapshotId: "taken" }),
      copyOf("clone", { sourceVolumeId: "data" }, { size: 2 }),
    ];
    await bed.deployment.up(program);
    const names = ["data", "copy", "clone"];
    const attached = names.map((name) => bed.attachment(`of-${name}`, name, { mount: undefined }));
    await bed.deployment.up([...program, ...attached]);
    const shown = async (name: string) => {
      const path = String(bed.deployment.get(`of-${name}`).outputs.devicePath);
      const out = await command(
        "dd",
        `if=${path}`,
        "bs=1M",
        "skip=300",
        "count=8",
        `of=${bed.path(name)}`,
        "status=none",
      );
      assert.equal(out, "");
      return sha256(bed.path(name));
    };
    assert.deepEqual(
      [await shown("data"), await shown("copy"), await shown("clone")],
      [digest(later), digest(content), digest(later)],
    );
    await bed.deployment.destroy();
    assert.deepEqual(await mappedOf(bed.group), []);
    for (const name of names) await command("rm", bed.path(name));
    assert.deepEqual(await bed.snapshot(), earlier);
  });

  test(`${kind}: a volume is cloned while it is mounted, and the clone outlives it`, async (t) => {
    const bed = await makeBed(t, `${kind}-clone`);
    const data = [pool(bed), bed.volume("data", { size: 1 }), bed.attachment("disk", "data")];
    await bed.deployment.up(data);
    const content = pattern("clone", 10 * mib);
    await writeThrough(bed.path("disk/file"), content);
    const clone = copyOf("clone", { sourceVolumeId: "data" });
    await bed.deployment.up([...data, clone]);
    const left = (await logicalVolumes(bed.group)).filter(({ lv_name: name = "" }) => name.startsWith("_snapshot"));
    assert.deepEqual(left, [], "a snapshot that was for the copy");
    // What it began as a copy of may be forgotten.
    const forgotten = [...data, bed.volume("clone", { size: 1 })];
    assert.deepEqual(ops(await bed.deployment.up(forgotten)), ["same", "same", "same", "update"]);
    await bed.deployment.up([pool(bed), bed.volume("clone", { size: 1 }), bed.attachment("kept", "clone")]);
    assert.equal(await sha256(bed.path("kept/file")), digest(content));
    await bed.deployment.destroy();
  });

  test(`${kind}: a volume with snapshots is not deleted, unless they go with it; a foreign one never does`, async (t) => {
    const bed = await makeBed(t, `${kind}-held`);
    const earlier = await bed.snapshot();
    const program = (cascade: boolean): Declared[] => [
      pool(bed),
      bed.volume("data", { size: 1, cascade }),
      snapshotOf("first", "data", { name: "the first" }),
      snapshotOf("second", "data"),
    ];
    await bed.deployment.up(program(false));
    const before = await logicalVolumes(bed.group);
    await assert.rejects(remove(bed, "data"), refused("IN_USE", /^(?=.*the first \()(?=.*second-).*`cascade`/s));
    assert.deepEqual(await logicalVolumes(bed.group), before);
    assert.deepEqual(ops(await bed.deployment.up(program(true))), ["same", "update", "same", "same"]);

    if (!thinPool) {
      await command("lvm", "lvcreate", "--yes", "-s", "-l", "10%ORIGIN", "-n", "theirs", bed.deployment.get("data").id);
      await assert.rejects(remove(bed, "data"), refused("IN_USE", /theirs, which is not ours/));
      assert.equal((await logicalVolumes(bed.group)).length, before.length + 1);
      await command("lvm", "lvremove", "--yes", `${bed.group}/theirs`);
    }
    await remove(bed, "data");
    assert.deepEqual(
      (await logicalVolumes(bed.group)).filter(({ lv_name: name }) => /volume|snapshot/.test(name ?? "")),
      [],
    );
    assert.deepEqual((await bed.deployment.refresh()).sort(), ["data", "first", "second"]);
    await bed.deployment.destroy();
    assert.deepEqual(await bed.snapshot(), earlier);
  });

  test(`${kind}: a snapshot's name, description and metadata change in place; it can be deleted twice`, async (t) => {
    const bed = await makeBed(t, `${kind}-words`);
    const volumes = [pool(bed), bed.volume("data", { size: 1 }), bed.attachment("disk", "data", { mount: undefined })];
    await bed.deployment.up([...volumes, snapshotOf("taken", "data", { name: "first" })]);
    const { id } = bed.deployment.get("taken");
    const { uuid } = await logicalVolume(id);
    const edits = [
      { name: "Bücher & Akten", description: "für alle:\tmit Tab" },
      { name: "n", metadata: { tier: "gold", "k=,&": "ü" } },
      { name: "n", metadata: { tier: "silver" } },
      { name: "n" },
    ];
    for (const inputs of edits) {
      const program = [...volumes, snapshotOf("taken", "data", inputs)];
      assert.deepEqual(ops(await bed.deployment.up(program)), ["same", "same", "same", "update"]);
      assert.deepEqual(await bed.deployment.refresh(), []);
      const { inputs: seen } = bed.deployment.get("taken");
      assert.deepEqual(
        [seen.name, seen.description, seen.metadata],
        [inputs.name, inputs.description, inputs.metadata ?? {}],
      );
      assert.deepEqual(ops(await bed.deployment.preview(program)), ["same", "same", "same", "same"]);
    }
    assert.deepEqual((await logicalVolume(id)).uuid, uuid);
    await remove(bed, "taken");
    await remove(bed, "taken");
    assert.deepEqual(await bed.deployment.refresh(), ["taken"]);
    assert.deepEqual(ops(await bed.deployment.up([...volumes, snapshotOf("taken", "data", { name: "n" })])), [
      "same",
      "same",
      "same",
      "create",
    ]);
    await bed.deployment.destroy();
  });
}

test("thick: the data that a deleted snapshot kept is cleared", async (t) => {
  const bed = await makeBed(t, "cleared");
  const secret = pattern("secret", mib);
  const volumes = [
    bed.backend({ size: 4, lvm: { thinPool: false } }),
    bed.volume("data", { size: 1 }),
    bed.attachment("raw", "data", { mount: undefined }),
  ];
  await bed.deployment.up(volumes);
  const device = String(bed.deployment.get("raw").outputs.devicePath);
  await writeThrough(device, secret, 100 * mib);
  await bed.deployment.up([...volumes, snapshotOf("taken", "data")]);
  await writeThrough(device, Buffer.alloc(mib), 100 * mib);
  assert.ok(await holds(bed.image, secret.subarray(0, 4096)), "the snapshot keeps it");
  await bed.deployment.up(volumes);
  assert.ok(!(await holds(bed.image, secret.subarray(0, 4096))));
  await bed.deployment.destroy();
});

test("thick: a snapshot that ran full is told of, is no source any more, and can be deleted", async (t) => {
  const bed = await makeBed(t, "full");
  const volumes = [
    bed.backend({ size: 8, lvm: { thinPool: false } }),
    bed.volume("data", { size: 1 }),
    bed.attachment("raw", "data", { mount: undefined }),
  ];
  const program = [...volumes, snapshotOf("taken", "data")];
  await bed.deployment.up(program);
  const { id } = bed.deployment.get("taken");
  const { tags } = await logicalVolume(id);
  // As ours, but with too little room.
  await command("lvm", "lvremove", "--yes", id);
  const [, name = ""] = id.split("/");
  const options = tags.flatMap((tag) => ["--addtag", tag]);
  await command("lvm", "lvcreate", "--yes", "-s", "-L", "4M", "-n", name, ...options, bed.deployment.get("data").id);
  const stored = bed.deployment.get("taken");
  const { uuid } = await logicalVolume(id);
  const location = { ...(stored.outputs.__location as Props), lvUuid: uuid };
  bed.deployment.state.set("taken", { ...stored, outputs: { ...stored.outputs, __location: location } });

  const device = String(bed.deployment.get("raw").outputs.devicePath);
  await writeThrough(device, pattern("more than it takes", 12 * mib), 0);
  await bed.deployment.withProvider(async (provider) => {
    assert.deepEqual(await bed.deployment.refresh(), []);
    await provider.says(new RegExp(`Snapshot ${id} ran full`));
  });
  assert.equal((await lvm("lvs", "--noheadings", "-o", "lv_name", id)).trim(), name);
  const copy = copyOf("copy", { snapshotId: "taken" });
  await assert.rejects(bed.deployment.preview([...program, copy]), /snapshotId: cannot be copied.*ran full/s);
  // Not active, it does not say so: it is found out when it is to be copied.
  await bed.deployment.up([...program.filter(({ kind }) => kind !== "Attachment")]);
  await assert.rejects(bed.deployment.up([...program.filter(({ kind }) => kind !== "Attachment"), copy]), /ran full/);
  assert.equal((await logicalVolumes(bed.group)).length, 2, "nothing of the copy is left");
  await bed.deployment.destroy();
  assert.deepEqual(await mappedOf(bed.group), []);
});

test("what a preview has against snapshots and copies", async (t) => {
  const bed = await makeBed(t, "against");
  const backend = bed.backend({ size: 6, lvm: { thinPool: false } });
  const other = `${bed.group}-other`;
  const otherBackend: Declared = {
    kind: "Backend",
    name: "other",
    inputs: { lvm: { volumeGroup: other, loopFile: { path: bed.path("other.img"), size: 3, sparse: true } } },
  };
  const base = [
    backend,
    otherBackend,
    bed.volume("data", { size: 2 }),
    bed.attachment("raw", "data", { mount: undefined }),
  ];
  await bed.deployment.up(base);
  const says = (more: Declared[], words: RegExp) => assert.rejects(bed.deployment.preview([...base, ...more]), words);
  await bed.deployment.keep();
  await says([snapshotOf("taken", "data", { force: false })], /force: is false, and the volume is attached/);
  await says(
    [snapshotOf("one", "data"), snapshotOf("two", "data")],
    /two: volume: cannot have a snapshot: it needs 2\.\d\d GiB/,
  );
  const missing = `${bed.group}/volume-00000000-0000-4000-8000-000000000000`;
  await says([{ kind: "Snapshot", name: "of-none", inputs: { volume: missing } }], /of-none: volume: is not there/);
  await says([copyOf("small", { sourceVolumeId: "data" }, { size: 1 })], /small: size: must be at least 2 GiB/);
  const elsewhere = copyOf("elsewhere", { sourceVolumeId: "data" });
  const inOther: Declared = {
    ...elsewhere,
    backend: "other",
    inputs: (ref) => ({ backend: ref("other"), sourceVolumeId: ref("data") }),
  };
  await says([inOther], /elsewhere: sourceVolumeId: must be in the same volume group/);
  await bed.deployment.release();
  await bed.deployment.up([...base, snapshotOf("taken", "data")]);
  await assert.rejects(
    bed.deployment.preview([
      backend,
      otherBackend,
      bed.volume("data", { size: 3 }),
      bed.attachment("raw", "data", { mount: undefined }),
      snapshotOf("taken", "data"),
    ]),
    /size.*thick snapshots/s,
  );
  await bed.deployment.destroy();
});
