import assert from "node:assert/strict";
import test from "node:test";
import { UNKNOWN } from "../../provider/declaration/unknown.js";
import { resources } from "../../provider/resources/index.js";
import type { Properties } from "../../provider/resources/resource.js";

const uuid = "00000000-0000-4000-8000-000000000000";
const backendUrn = "urn:pulumi:dev::shop::blockbox:index:Backend::pool";

/** Failures of a check that never comes as far as the host or a Cinder. */
async function failures(name: string, news: Properties, { olds = {}, backend = backendUrn } = {}) {
  const urn = name === "Backend" ? backend : `urn:pulumi:dev::shop::blockbox:index:${name}::it`;
  const checked = await resources[name]?.check({ urn, backendUrn: backend }, olds, news);
  return checked?.failures.map(({ property, reason }) => `${property} ${reason}`);
}

const isLvm = (property: string) => [`${property} is only with Cinder, and this is of LVM: leave it out`];
const isCinder = (property: string) => [`${property} is only with LVM, and this is of Cinder: leave it out`];

test("a Backend is LVM's unless `cinder` is given; with both it is told which one to leave out", async () => {
  assert.deepEqual(await failures("Backend", { cloud: "c" }), isLvm("cloud"));
  assert.deepEqual(await failures("Backend", { lvm: {}, timeouts: {} }), isLvm("timeouts"));
  assert.deepEqual(await failures("Backend", { cinder: {}, lvm: {} }), isCinder("lvm"));
});

test("a Volume is where its Backend is", async () => {
  assert.deepEqual(
    await failures("Volume", { backend: "lvm:vg", size: 1, retypePolicy: "never" }),
    isLvm("retypePolicy"),
  );
});

test("an Attachment is where its Volume is", async () => {
  const [mount, connector] = [{ path: "/mnt/data" }, { hostName: "h", initiator: "iqn.2026-01.a.b" }];
  assert.deepEqual(await failures("Attachment", { volume: `vg/volume-${uuid}`, mount, connector }), isLvm("connector"));
});

test("with the Volume unknown yet, `connector` is Cinder's, and nothing is mounted of what another host attaches", async () => {
  const [mount, connector] = [{ path: "/mnt/data" }, { hostName: "h", initiator: "iqn.2026-01.a.b" }];
  const [told, ...more] = (await failures("Attachment", { volume: UNKNOWN, mount, connector })) ?? [];
  assert.match(told ?? "", /^mount is only without connector: /);
  assert.deepEqual(more, []);
});

test("a Volume whose Backend has no id yet is of that Backend's service, as its new inputs have it", async () => {
  const ofVolume = () => failures("Volume", { backend: UNKNOWN, size: 1, retypePolicy: "never" });
  await failures("Backend", { name: UNKNOWN });
  assert.deepEqual(await ofVolume(), isLvm("retypePolicy"));
  // Before, it was Cinder's.
  await failures("Backend", { name: UNKNOWN }, { olds: { name: "n", cinder: {} } });
  assert.deepEqual(await ofVolume(), isLvm("retypePolicy"));
});

test("with a Backend that nobody has heard of, what its service would say waits for the update", async () => {
  const backend = `${backendUrn}-elsewhere`;
  assert.deepEqual(await failures("Volume", { backend: UNKNOWN, size: 1, retypePolicy: "never" }, { backend }), []);
});

test("a Volume in LVM needs a size", async () => {
  for (const news of [{ backend: "lvm:vg" }, { backend: "lvm:vg", size: null }]) {
    assert.deepEqual(await failures("Volume", news), [
      "size is required without snapshotId or sourceVolumeId: a whole number of GiB",
    ]);
  }
});

test("no size shrinks, unless what has it is replaced anyway", async () => {
  const olds = { backend: "lvm:vg", size: 2, name: "n", metadata: {} };
  const [reason = ""] = (await failures("Volume", { ...olds, size: 1 }, { olds })) ?? [];
  assert.match(reason, /^size cannot shrink from 2 to 1 GiB/);
  const [none] = (await failures("Volume", { ...olds, backend: UNKNOWN, size: 1 }, { olds, backend: "" })) ?? [];
  assert.equal(none, undefined);
});
