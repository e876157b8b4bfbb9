import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { parseOrphans, parseReport } from "../../provider/services/lvm/report.js";

/** Captured from lvm 2.03.16. */
function captured(name: string) {
  return parseReport(readFileSync(new URL(`reports/${name}.json`, import.meta.url), "utf8"));
}

const [large, small] = ["u77Cbf-s0QL-GyN0-ZrrJ-Nd54-0tWT-q4alcE", "gsjwsT-41wF-TM0E-euhq-8Vwr-gWZk-IKeyv1"];

test("a group with linear, striped and read-only volumes", () => {
  const [group, ...others] = captured("complete");
  assert.ok(group);
  assert.equal(others.length, 0);
  assert.deepEqual([group.name, group.tags, group.complete], ["bbh-vg", ["blockbox"], true]);
  assert.deepEqual([group.extentSizeBytes, group.extentCount, group.freeExtents], [4194304, 3068, 1926]);
  assert.deepEqual(group.pvs[0], {
    device: "/dev/loop0",
    uuid: large,
    missing: false,
    tags: [],
    peStartBytes: 8388608,
    extentCount: 2558,
  });

  const byName = new Map(group.lvs.map((lv) => [lv.name, lv]));
  assert.deepEqual(byName.get("v1"), {
    name: "v1",
    uuid: "dADqLS-3Z0Q-Ivfx-Tk1o-Nqa3-o6LK-bkhZkj",
    tags: ["blockbox", "blockbox.name.0=vol1"],
    sizeBytes: 1073741824,
    permission: "rw",
    kind: "thick",
    createdAt: 1795543109,
    origin: "",
    pool: "",
    fill: undefined,
    invalid: false,
    segments: [
      { pvUuid: large, pvDevice: "/dev/loop0", startExtent: 300, extents: 256, type: "linear", logicalStart: 0 },
    ],
  });
  assert.equal(byName.get("ro")?.permission, "ro");
  assert.deepEqual(
    byName.get("striped")?.segments.map(({ type, pvUuid }) => [type, pvUuid]),
    [
      ["striped", small],
      ["striped", large],
    ],
  );
  assert.deepEqual(
    group.free.map(({ pvUuid, startExtent, extents }) => [pvUuid, startExtent, extents]),
    [
      [small, 10, 500],
      [large, 0, 300],
      [large, 576, 24],
      [large, 1456, 1102],
    ],
  );
  assert.equal(
    group.free.reduce((sum, { extents }) => sum + extents, 0),
    group.freeExtents,
  );
});

test("a group with a missing physical volume is not complete", () => {
  const [group] = captured("missing-pv");
  assert.equal(group?.complete, false);
  assert.deepEqual(
    group?.pvs.map(({ device, missing }) => [device, missing]),
    [
      ["/dev/loop0", false],
      ["[unknown]", true],
    ],
  );
});

test("no groups, groups without volumes, physical volumes without a group, hidden volumes", () => {
  assert.deepEqual(parseReport("{ }"), []);
  assert.deepEqual(parseReport('{"report": []}'), []);
  assert.deepEqual(parseReport('{"report": [{"pv": [{"pv_name": "/dev/loop1"}]}]}'), []);
  const [vg_name, vg_uuid, vg_tags] = ["g", "u", ""];
  const vg = [
    {
      vg_name,
      vg_uuid,
      vg_tags,
      vg_extent_size: "1",
      vg_extent_count: "1",
      vg_free_count: "1",
      vg_missing_pv_count: "0",
    },
  ];
  const [empty] = parseReport(JSON.stringify({ report: [{ vg }] }));
  assert.deepEqual([empty?.lvs, empty?.pvs, empty?.free, empty?.tags], [[], [], [], []]);
  const unset = {
    lv_time: "0",
    origin: "",
    pool_lv: "",
    data_percent: "",
    metadata_percent: "",
    lv_snapshot_invalid: "",
    lv_health_status: "",
  };
  const lv = [{ lv_name: "[lvol0_pmspare]", lv_uuid: "l", lv_tags: "", lv_size: "1", lv_attr: "", ...unset }];
  const [hidden] = parseReport(JSON.stringify({ report: [{ vg, lv }] }));
  assert.deepEqual(
    hidden?.lvs.map(({ name, segments }) => [name, segments]),
    [["lvol0_pmspare", []]],
  );
});

test("orphans: what is in no group, but not what lvm knows of being in one that it does not see", () => {
  const vg = [{ vg_name: "g" }];
  const pv = (name: string, uuid: string, used: string) => ({
    ...{ pv_name: name, pv_uuid: uuid, pv_in_use: used, pv_missing: "", pv_tags: "" },
    ...{ pe_start: "8388608", pv_pe_count: "0" },
  });
  const none = { pv: [pv("/dev/a", "u1", ""), pv("/dev/b", "u2", "used"), pv("/dev/c", "", "")] };
  const orphans = parseOrphans(JSON.stringify({ report: [{ vg, pv: [pv("/dev/d", "u4", "used")] }, none] }));
  assert.deepEqual(
    orphans.map(({ device, uuid, peStartBytes }) => [device, uuid, peStartBytes]),
    [["/dev/a", "u1", 8_388_608]],
  );
  assert.deepEqual(parseOrphans("{ }"), []);
});

test("a report of another shape is refused, not misread", () => {
  assert.throws(() => parseReport('{"report": [{"vg": [{"vg_name": "g"}]}]}'), /lacks the column vg_uuid/);
});
