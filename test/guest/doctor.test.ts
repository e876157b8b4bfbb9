import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";
import { findTool } from "../../provider/host/tools.js";
import { reportOf } from "../support/doctor.js";
import { until } from "../support/until.js";

test("on a host with all of it, the doctor finds nothing amiss with LVM", async () => {
  const { services } = await reportOf(["lvm"]);
  const amiss = services.flatMap(({ checks }) => checks.filter(({ state }) => state !== "ok"));
  assert.deepEqual(amiss, []);
});

test("volumes can be attached over iSCSI once the real iscsid runs", {
  skip: findTool("iscsid") === undefined,
}, async (t) => {
  const lacking = async () => {
    const { services } = await reportOf(["iscsi"]);
    return services.flatMap(({ checks }) => checks.filter(({ state }) => state === "lacking").map(({ name }) => name));
  };
  assert.deepEqual(await lacking(), ["iscsid"]);
  // Told to end, it ends its whole process group, of which this process must not be.
  const daemon = execa("iscsid", ["-f"], { reject: false, detached: true });
  t.after(async () => {
    daemon.kill();
    await daemon;
  });
  await until("the doctor finds iscsid", async () => (await lacking()).length === 0);
});
