import assert from "node:assert/strict";
import { stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cinderBed, release } from "../../support/cinder/bed.js";
import { assertRefused, converge } from "../../support/cinder/converge.js";
import type { Declared, Deployment, Program, Ref } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";

const bed = cinderBed({ backends: ["nfs", "faults"] });

/** The NFS driver of 21.3.1 copies no volume that has a snapshot. */
const copying = release === "debian" ? "faults" : "nfs";

const pools: Program = [
  { kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: copying } } },
  { kind: "Backend", name: "adopting", inputs: { cinder: { volumeBackendName: "faults" } } },
];
const volume = (name: string, inputs: Props | ((ref: Ref) => Props), pool = "pool"): Declared => ({
  kind: "Volume",
  name,
  backend: pool,
  inputs: (ref) => ({ backend: ref(pool), ...(typeof inputs === "function" ? inputs(ref) : inputs) }),
});
const snapshot: Declared = { kind: "Snapshot", name: "snap", inputs: (ref) => ({ volume: ref("base") }) };
const creates = (program: Program) => Object.fromEntries(program.map(({ name }) => [name, "create" as const]));

describe("what a Volume begins as", () => {
  let deployment: Deployment;
  const sizeOf = async (name: string) => (await bed().show("volumes", deployment.get(name).id)).size;
  const writes = () => bed().proxy.journal.writes();

  before(() => {
    deployment = bed().deployment();
  });
  after(() => deployment.destroy());

  it("a copy of a snapshot or volume, of its size unless a larger one is said; the source may go later", async () => {
    const clones: Record<string, [inputs: Props, size: number]> = {
      "of-snap": [{ snapshotId: "snap" }, 1],
      "of-snap-equal": [{ snapshotId: "snap", size: 1 }, 1],
      "of-snap-larger": [{ snapshotId: "snap", size: 2 }, 2],
      "of-base": [{ sourceVolumeId: "base" }, 1],
      "of-base-larger": [{ sourceVolumeId: "base", size: 2 }, 2],
    };
    const cloned = (extra: Props, leave: (name: string) => boolean = () => false) =>
      Object.entries(clones).map(([name, [{ snapshotId, sourceVolumeId, ...inputs }, size]]) =>
        volume(name, (ref) => ({
          ...inputs,
          ...extra,
          ...(leave(name)
            ? { size }
            : {
                ...(snapshotId === undefined ? {} : { snapshotId: ref(String(snapshotId)) }),
                ...(sourceVolumeId === undefined ? {} : { sourceVolumeId: ref(String(sourceVolumeId)) }),
              }),
        })),
      );
    const base = [...pools, volume("base", { size: 1 })];
    await converge(deployment, [...base, snapshot, ...cloned({})], creates([...base, snapshot, ...cloned({})]));
    for (const [name, [, size]] of Object.entries(clones)) {
      assert.equal(await sizeOf(name), size, name);
      assert.equal(deployment.get(name).outputs.size, size, name);
      const row = await bed().show("volumes", deployment.get(name).id);
      const [from, source] = name.startsWith("of-snap") ? ["snapshot_id", "snap"] : ["source_volid", "base"];
      assert.equal(row[from], deployment.get(source).id, name);
    }
    bed().proxy.journal.clear();
    const updates = Object.fromEntries(Object.keys(clones).map((name) => [name, "update" as const]));
    await converge(deployment, [...base, ...cloned({}, () => true)], { ...updates, snap: "delete" });
    assert.deepEqual(
      writes().map(({ method, path }) => `${method} ${path.split("/")[2]}`),
      ["DELETE snapshots"],
    );
    // set again, or another one: another volume
    const again = { ...updates, "of-snap": "replace", snap: "create" } as const;
    const only = cloned({}, (name) => name !== "of-snap");
    await converge(deployment, [...base, snapshot, ...only], {
      snap: again.snap,
      "of-snap": "replace",
    });
  });

  it("a source that is changed replaces; a smaller size than its own is refused", async () => {
    const other = volume("other", { size: 2 });
    const of = (source: string, inputs: Props = {}) =>
      volume("copy", (ref) => ({ sourceVolumeId: ref(source), ...inputs }));
    const base = [...pools, volume("base", { size: 1 }), other];
    await deployment.up([...base, of("base")]);
    const { id } = deployment.get("copy");
    await assertRefused(
      deployment.preview([...base, of("base"), volume("less", smaller())]),
      "size",
      /2 GiB of the volume/,
    );
    await converge(deployment, [...base, of("other")], { copy: "replace" });
    assert.notEqual(deployment.get("copy").id, id);
    assert.equal(await bed().raw.row("volumes", id), undefined);
    assert.equal(await sizeOf("copy"), 2);
  });
  const smaller = () => ({ sourceVolumeId: deployment.get("other").id, size: 1 });

  it("what exists on a backend, taken over without copying", async () => {
    const folder = bed().rig.filesOf("faults");
    const file = join(folder, "by-hand");
    await writeFile(file, "precious");
    await truncate(file, 2 * 2 ** 30);
    const { ino } = await stat(file);
    const adopt = { serviceHost: "rig@faults#faults", sourceName: "by-hand" };
    const program = (inputs: Props): Program => [...pools, volume("adopted", { name: "taken", ...inputs }, "adopting")];
    await converge(deployment, program({ adopt, metadata: { a: "1" } }), {
      adopted: "create",
      base: "delete",
      other: "delete",
      copy: "delete",
    });
    const { id, outputs } = deployment.get("adopted");
    assert.equal(outputs.size, 2);
    const { size, name, metadata } = await bed().show("volumes", id);
    assert.deepEqual({ size, name, a: (metadata as Props).a }, { size: 2, name: "taken", a: "1" });
    assert.equal((await stat(join(folder, `volume-${id}`))).ino, ino);
    // once it is made, adopt is not looked at any more
    bed().proxy.journal.clear();
    await converge(deployment, program({ adopt: { ...adopt, sourceName: "other" }, metadata: { a: "1" } }), {
      adopted: "update",
    });
    await converge(deployment, program({ size: 2, metadata: { a: "1" } }), { adopted: "update" });
    assert.deepEqual(writes(), []);
    const adopting = (sourceName: string, serviceHost = "rig@faults#faults"): Program => [
      ...program({ size: 2, metadata: { a: "1" } }),
      volume("more", { adopt: { serviceHost, sourceName } }, "adopting"),
    ];
    const preview = (...of: Parameters<typeof adopting>) => deployment.preview(adopting(...of));
    await assertRefused(preview(`volume-${id}`), "adopt.sourceName", /already managed/);
    await assertRefused(preview("absent"), "adopt.sourceName", /there is no absent/);
    await assertRefused(preview("x", "rig@faults#other"), "adopt.serviceHost", /rig@faults#faults/);
    assert.deepEqual(writes(), []);
  });

  it("cascade: a volume with somebody's snapshot goes only with it, once an update has said so", async () => {
    const program = (cascade: boolean): Program => [...pools, volume("held", { size: 1, cascade })];
    await converge(deployment, program(false), { held: "create", adopted: "delete" });
    const { id } = deployment.get("held");
    const theirs = await bed().raw.snapshot(id, { name: "theirs" });
    await bed().raw.untilStatus("snapshots", theirs, "available");
    await assert.rejects(deployment.up(pools), new RegExp(`theirs \\(${theirs}\\).*cascade: true`, "s"));
    assert.equal((await bed().show("volumes", id)).status, "available");
    await converge(deployment, program(true), { held: "update" });
    await converge(deployment, pools, { held: "delete" });
    assert.equal(await bed().raw.row("volumes", id), undefined);
    assert.equal(await bed().raw.row("snapshots", theirs), undefined);
  });
});
