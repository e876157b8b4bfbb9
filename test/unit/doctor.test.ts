import assert from "node:assert/strict";
import { test } from "node:test";
import { poolChecks } from "../../provider/doctor/cinderPools.js";
import { serviceChecks } from "../../provider/doctor/cinderServices.js";
import type { Check, Report } from "../../provider/doctor/report.js";
import { table } from "../../provider/doctor/table.js";

const statesOf = (checks: Check[]) => checks.map(({ subject, state }) => [subject, state]);
const up = { state: "up", enabled: true } as const;

test("volume services: one that works is enough, and each that does not says what to do", () => {
  const down = { host: "b@lvm", state: "down", enabled: true } as const;
  const off = { host: "c@lvm", state: "up", enabled: false } as const;
  assert.deepEqual(statesOf(serviceChecks([{ host: "a@lvm", ...up }, down, off])), [
    ["a@lvm", "ok"],
    ["b@lvm", "warning"],
    ["c@lvm", "warning"],
  ]);
  const none = serviceChecks([down, off]);
  assert.deepEqual(
    none.map(({ state }) => state),
    ["lacking", "lacking"],
  );
  assert.match(none[0]?.advice ?? "", /^On b;/);
  assert.equal(none[1]?.command, "cinder service-enable c@lvm cinder-volume");
  assert.deepEqual(statesOf(serviceChecks([])), [[undefined, "lacking"]]);
  assert.deepEqual(statesOf(serviceChecks(undefined)), [[undefined, "warning"]]);
});

test("pools: each with what is free; one that is full is warned of", () => {
  const pool = { name: "a@lvm#lvm", volumeBackendName: "lvm", totalGib: 100, freeGib: 40, roomGib: 35 };
  const found = (changes: object) => poolChecks([{ ...pool, ...changes }])[0];
  assert.deepEqual(found({}), {
    name: "pool",
    subject: "a@lvm#lvm",
    state: "ok",
    found: "40 GiB free of 100 GiB, room for 35 GiB of volumes; volume_backend_name lvm",
  });
  assert.equal(found({ freeGib: 0, roomGib: 0 })?.state, "warning");
  const silent = found({ freeGib: undefined, totalGib: undefined, roomGib: undefined });
  assert.equal(silent?.state, "ok");
  assert.match(silent.found, /^its driver does not tell what is free;/);
  assert.deepEqual(statesOf(poolChecks([])), [[undefined, "lacking"]]);
  assert.deepEqual(statesOf(poolChecks(undefined)), [[undefined, "warning"]]);
});

test("what a service calls itself cannot rewrite what a terminal shows", () => {
  const checks: Check[] = [{ name: "pool", subject: "a\u001b[2J\r\nb", state: "ok", found: "\u009b31m" }];
  const report: Report = {
    format: 1,
    version: "1.0.0",
    usable: true,
    services: [{ name: "cinder", usable: true, checks }],
  };
  assert.doesNotMatch(table(report), /[^\P{Cc}\n]/u);
  assert.match(table(report), /\n {2}ok {5}pool a/);
});
