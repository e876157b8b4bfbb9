import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import type { Declared } from "../support/deployment.js";
import { copyOf, snapshotOf } from "../support/snapshots.js";
import { logicalVolumes, lvm } from "../support/system.js";

/** Lets the group have just so many extents free: the others are a foreign volume's. */
async function leaveFree(bed: Bed, extents: number): Promise<void> {
  await removeFiller(bed);
  const free = Number((await lvm("vgs", "--noheadings", "-o", "vg_free_count", bed.group)).trim());
  await lvm("lvcreate", "-an", "-Zn", "-Wn", "-l", `${free - extents}`, "-n", "filler", bed.group);
}

async function removeFiller(bed: Bed): Promise<void> {
  const names = (await logicalVolumes(bed.group)).map(({ lv_name: name }) => name);
  if (names.includes("filler")) await lvm("lvremove", "--yes", `${bed.group}/filler`);
}

/** What is done behind the provider's back it sees in a process of its own, as the engine has one for each preview and update. */
const ownProcesses = { env: { BBT_OWN_PROCESSES: "1" } };

/** Of 4 MiB: a GiB, and the room for thick snapshots of volumes of one and of two. */
const cell = 256;
const room = 258;
const roomOfTwo = 515;

/** That a program which takes so many extents is refused in a group with one less, and passes in one with just so many. */
async function atTheLimit(bed: Bed, program: Declared[], extents: number, words: RegExp): Promise<void> {
  await leaveFree(bed, extents - 1);
  await assert.rejects(bed.deployment.preview(program), words);
  await leaveFree(bed, extents);
  await bed.deployment.withProvider(async () => {
    await bed.deployment.preview(program);
    await bed.deployment.up(program);
  });
}

test("thick: volumes, growths, snapshots and copies are one account, to the last extent", async (t) => {
  const bed = await makeBed(t, "account", ownProcesses);
  const program = (sizes: { data: number; file?: number }, ...more: Declared[]) => [
    bed.backend({ size: sizes.file ?? 9, lvm: { thinPool: false } }),
    bed.volume("data", { size: sizes.data }),
    bed.volume("other", { size: 1 }),
    bed.attachment("raw", "data", { size: sizes.data, mount: undefined }),
    bed.attachment("raw-other", "other", { mount: undefined }),
    ...more,
  ];
  await bed.deployment.up(program({ data: 1 }));

  // A file that grows brings its room, and what grows first needs more for its snapshot.
  const [taken, added] = [snapshotOf("taken", "data"), bed.volume("added", { size: 1 })];
  const sizes = { data: 2, file: 10 };
  const needed = 2 * cell + roomOfTwo - cell;
  await leaveFree(bed, needed - 1);
  await assert.rejects(
    bed.deployment.preview(program(sizes, added, taken)),
    /: taken: volume: cannot have a snapshot: it needs 2\.01 GiB .* has 2\.01 GiB free/s,
  );
  await atTheLimit(bed, program(sizes, taken, added), needed, /: added: size: does not fit: .* than 0 GiB free\./s);
  assert.equal(bed.deployment.get("taken").outputs.size, 2);
  await bed.deployment.up(program(sizes));

  // What is attached is copied from a snapshot, which is there at the same time.
  const copy = copyOf("copy", { sourceVolumeId: "data" });
  const again = copyOf("again", { sourceVolumeId: "other" });
  const ofOther = copyOf("of-other", { sourceVolumeId: "other" });
  const copies = program(sizes, copy, ofOther);
  const words = /: of-other: size: does not fit: .* than 2 GiB free, and needs 1\.01 GiB beside/s;
  await leaveFree(bed, 3 * cell + roomOfTwo + room - 1);
  await assert.rejects(bed.deployment.preview(copies), words);
  await leaveFree(bed, 3 * cell + roomOfTwo + room);
  await bed.deployment.preview(copies);
  // As the engine does: both at once.
  await bed.deployment.withProvider((provider) =>
    Promise.all(
      [copy, ofOther].map(async ({ inputs, ...declared }) => {
        const given = typeof inputs === "function" ? inputs((name) => bed.deployment.get(name).id) : inputs;
        const checked = await provider.check({}, { ...given, ...bed.deployment.hidden(declared) });
        assert.deepEqual(checked.failures, []);
        const { id, outputs } = await provider.create(checked.inputs);
        const { kind, name } = declared;
        bed.deployment.state.set(name, { kind, name, id, inputs: checked.inputs, outputs, initErrors: [] });
      }),
    ),
  );
  await bed.deployment.up(program(sizes));
  // Those of one volume are made one after the other.
  await atTheLimit(bed, program(sizes, ofOther, again), 2 * cell + room, /: again: size: does not fit/);
  await removeFiller(bed);
  await bed.deployment.destroy();
});

test("thick beside a pool: copies and snapshots of thick volumes take of the group, to the last extent", async (t) => {
  const bed = await makeBed(t, "beside", ownProcesses);
  const program = (thinPool: unknown, size: number, ...more: Declared[]) => [
    bed.backend({ size: 10, lvm: { thinPool } }),
    bed.volume("data", { size }),
    ...more,
  ];
  await bed.deployment.up(program(false, 1));
  const taken = snapshotOf("taken", "data");
  const made = program({ size: 2 }, 1, bed.volume("thin", { size: 2 }), taken);
  await atTheLimit(bed, made, 2 * cell + 8 + room, /: taken: volume: .* needs 1\.01 GiB/s);
  const copy = copyOf("copy", { sourceVolumeId: "data" });
  const thinCopy = copyOf("thin-copy", { sourceVolumeId: "thin" });
  await leaveFree(bed, 2 * cell);
  await assert.rejects(bed.deployment.preview([...made, thinCopy]), /: thin-copy: size: does not fit: thin pool/);

  // The pool, its metadata and what is kept for their repair grow first; what is not in it grows beside it.
  const larger = { size: 3, metadataSizeMib: 32 };
  const grown = program(larger, 2, bed.volume("thin", { size: 2 }), taken, copy);
  await atTheLimit(bed, grown, cell + 8 + cell + 2 * cell, /: copy: size: does not fit: volume group/);
  assert.equal(bed.deployment.get("copy").outputs.size, 2);
  // All of it is given back where the pool goes.
  await bed.deployment.up(program(larger, 2));
  const gone = program(false, 2, bed.volume("thick", { size: 4 }));
  await atTheLimit(bed, gone, 4 * cell - (3 * cell + 16), /: thick: size: does not fit: volume group/);
  await removeFiller(bed);
  await bed.deployment.destroy();
});
