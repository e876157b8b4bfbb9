import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { assertRefused, ops } from "../../support/cinder/converge.js";
import type { Declared, Deployment, Program } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";

/** Cinder's own defaults: what a first user meets. */
const bed = cinderBed({ quotas: { volumes: 10, snapshots: 10, gigabytes: 1000 } });

const pools: Program = (["nfs", "nfs2"] as const).map((name) => ({
  kind: "Backend",
  name,
  inputs: { cinder: { volumeBackendName: name } },
}));
const volume = (name: string, inputs: Props, pool = "nfs"): Declared => ({
  kind: "Volume",
  name,
  backend: pool,
  inputs: (ref) => ({ backend: ref(pool), ...inputs }),
});
const volumes = (count: number, inputs: Props = { size: 1 }, pool = "nfs") =>
  Array.from({ length: count }, (_, index) => volume(`planned${index}`, inputs, pool));
const snapshots = (count: number): Program =>
  Array.from({ length: count }, (_, index) => ({
    kind: "Snapshot",
    name: `snap${index}`,
    inputs: (ref) => ({ volume: ref("first") }),
  }));

/** What exists: three volumes of 1, 2 and 1 GiB, one of them in the small pool. */
const existing = (sizes: { first?: number; second?: number; third?: number } = {}): Program => [
  ...pools,
  volume("first", { size: sizes.first ?? 1 }),
  volume("second", { size: sizes.second ?? 2 }),
  volume("third", { size: sizes.third ?? 1 }, "nfs2"),
];

describe("the preview says what cannot be", () => {
  let deployment: Deployment;
  before(async () => {
    deployment = bed().deployment();
    await deployment.up(existing());
    bed().proxy.journal.clear();
  });
  afterEach(() => assert.deepEqual(bed().proxy.journal.writes(), []));
  after(async () => {
    await deployment.release();
    await deployment.destroy();
  });

  const preview = (program: Program) => deployment.preview(program);
  const none = "00000000-0000-4000-8000-000000000000";
  const beside = (inputs: Props): Program => [...existing(), { kind: "Volume", name: "more", inputs }];

  /** Programs that a preview refuses, by what is wrong with them. */
  const wrong: [what: string, program: () => Program, property: string, says: RegExp][] = [
    ["a shrink", () => existing({ second: 1 }), "size", /cannot shrink from 2 to 1 GiB/],
    ["an unknown type", () => beside({ size: 1, volumeType: "nowhere" }), "volumeType", /nowhere.*type-list/],
    ["a type by an unknown UUID", () => beside({ size: 1, volumeType: none }), "volumeType", /does not have/],
    ["a Backend that is not there", () => beside({ size: 1, backend: "cinder:nowhere" }), "backend", /does not have/],
    ["an unknown zone", () => beside({ size: 1, availabilityZone: "mars" }), "availabilityZone", /mars.*nova/],
    ["an unknown snapshot", () => beside({ snapshotId: none }), "snapshotId", /names no snapshot/],
    ["an unknown source", () => beside({ sourceVolumeId: none }), "sourceVolumeId", /names no volume/],
    [
      "a source that is larger",
      () => beside({ sourceVolumeId: deployment.get("second").id, size: 1 }),
      "size",
      /less than the 2 GiB/,
    ],
  ];
  /** What a preview has planned stays with its process: each of these has one of its own. */
  const tooMuch: typeof wrong = [
    [
      "what no pool can hold",
      () => [...existing(), volume("more", { size: 30 }, "nfs2")],
      "size",
      /backend nfs2 .*GiB left/,
    ],
    [
      "together what no pool can hold",
      () => [...existing(), ...volumes(2, { size: 11 }, "nfs2")],
      "size",
      /22 GiB together/,
    ],
    ["growth that no pool can hold", () => existing({ third: 25 }), "size", /nfs2/],
    [
      "growth and new ones that no pool can hold together",
      () => [...existing({ third: 10 }), volume("more", { size: 12 }, "nfs2")],
      "size",
      /21 GiB together/,
    ],
    [
      "more volumes than the quota has",
      () => [...existing(), ...volumes(8)],
      "size",
      /volumes is limited to 10, 3 are in use, .* plans 8/,
    ],
    [
      "more GiB than the quota has",
      () => [...existing(), ...volumes(2, { size: 499 })],
      "size",
      /gigabytes is limited to 1000 GiB, 4 are in use, .* plans 998/,
    ],
    ["growth beyond the quota", () => existing({ first: 999 }), "size", /gigabytes is limited to 1000 GiB.* plans 998/],
    [
      "growths that are beyond the quota together",
      () => existing({ first: 500, second: 500 }),
      "size",
      /gigabytes is limited to 1000 GiB, 4 are in use, .* plans 997/,
    ],
    [
      "more snapshots than the quota has",
      () => [...existing(), ...snapshots(11)],
      "volume",
      /snapshots is limited to 10/,
    ],
    [
      "a snapshot of an unknown volume",
      () => [...existing(), { kind: "Snapshot", name: "s", inputs: { volume: none } }],
      "volume",
      /names no volume/,
    ],
  ];
  for (const [what, program, property, says] of [...wrong, ...tooMuch]) {
    it(what, async () => {
      await (tooMuch.some(([one]) => one === what) ? deployment.release() : deployment.keep());
      const before = structuredClone([...deployment.state]);
      await assertRefused(preview(program()), property, says);
      assert.deepEqual([...deployment.state], before);
    });
  }

  /** Programs that just fit. */
  const right: [what: string, program: () => Program][] = [
    ["as many volumes as the quota has", () => [...existing(), ...volumes(7)]],
    ["as many GiB as the quota has", () => [...existing(), ...volumes(2, { size: 498 })]],
    ["growth as new minus old", () => existing({ first: 499, second: 500 })],
    ["as many snapshots as the quota has", () => [...existing(), ...snapshots(10)]],
    ["what the small pool just holds", () => [...existing(), volume("more", { size: 18 }, "nfs2")]],
  ];
  for (const [what, program] of right) {
    it(`but not where it fits: ${what}`, async () => {
      await deployment.withProvider(async () => {
        const steps = ops(await preview(program()));
        assert.ok(Object.values(steps).some((op) => op !== "same"));
        // a check may come twice, and counts once
        assert.deepEqual(ops(await preview(program())), steps);
      });
    });
  }
});
