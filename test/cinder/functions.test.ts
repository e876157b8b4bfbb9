import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { execa } from "execa";
import { configure } from "../../provider/configuration.js";
import { functions } from "../../provider/functions/index.js";
import { mountpointOf } from "../../provider/services/cinder/attachments/note.js";
import { newMark } from "../../provider/services/mark.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { root } from "../support/paths.js";
import { lacking } from "../support/provider.js";

for (const name of Object.keys(process.env)) if (/^(OS_|CINDER)/.test(name)) delete process.env[name];

type Found = Record<string, unknown> & { id: string };

async function ask(name: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const asked = functions[name];
  assert.ok(asked);
  return (await asked.ask(args)) as Record<string, unknown>;
}

const listed = async (args: Record<string, unknown>) => (await ask("getVolumes", args)).volumes as Found[];
const idsOf = async (args: Record<string, unknown>) => (await listed(args)).map(({ id }) => id);

const unknownId = "00000000-0000-4000-8000-000000000000";
const connector = { host: "other", initiator: "iqn.2026-01.org.example:other", ip: "192.0.2.7" };

function useSettings(settings: Record<string, string>): void {
  configure((key) => settings[key]);
}

describe("functions, asked by an administrator", () => {
  const { rig, raw } = rigFor({ quotas: { volumes: -1 } });
  const types: Record<"nfs" | "faults", string> = { nfs: "", faults: "" };
  let [data, other, spare, snapshot, attachment] = ["", "", "", "", ""];

  /** As a host attaches it; answers the attachment's id. */
  const attached = async (volume: string, host: Record<string, unknown>) => {
    const { status, body } = await raw().attach(volume, host);
    assert.equal(status, 200);
    const { id } = (body as { attachment: { id: string } }).attachment;
    assert.equal((await rig().call("POST", `/attachments/${id}/action`, { "os-complete": {} })).status, 204);
    return id;
  };

  before(async () => {
    useSettings({ endpoint: rig().endpoint, project: rig().project });
    types.nfs = await raw().type("nfs");
    types.faults = await raw().type("faults", { multiattach: "<is> True", "blockbox:mark": "ours" });
    const volume = (name: string, type: string, metadata: Record<string, string>) =>
      raw().volume({ name, volume_type: type, metadata, description: `the ${name}` });
    data = await volume("data", types.faults, { tier: "gold", owner: "me", "blockbox:mark": "x" });
    other = await volume("Data", types.faults, { tier: "gold" });
    spare = await volume("spare", types.nfs, { tier: "tin" });
    for (const id of [data, other, spare]) await raw().untilStatus("volumes", id, "available");
    snapshot = await raw().snapshot(data, { name: "before", metadata: { a: "b", "blockbox:mark": "x" } });
    await raw().untilStatus("snapshots", snapshot, "available");
    attachment = await attached(data, connector);
  });

  it("getVolume tells what changes by itself, and nothing that is secret", async () => {
    const { createdAt, ...rest } = await ask("getVolume", { id: data });
    assert.match(String(createdAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    assert.deepEqual(rest, {
      id: data,
      name: "data",
      description: "the data",
      size: 1,
      status: "in-use",
      attachments: [{ attachmentId: attachment, hostName: "other" }],
      metadata: { tier: "gold", owner: "me" },
      backend: `cinder:${types.faults}`,
      bootable: false,
      readOnly: false,
      encrypted: false,
      multiattach: true,
      availabilityZone: "nova",
      serviceHost: "rig@faults#faults",
    });
    // the connection information of that attachment is there to be leaked
    const { body } = await rig().call("GET", `/attachments/${attachment}`);
    const info = (body as { attachment: { connection_info: Record<string, unknown> } }).attachment.connection_info;
    assert.equal(typeof info.target_iqn, "string");
    assert.doesNotMatch(JSON.stringify(rest), new RegExp(`${info.target_iqn}|auth_|portal`));
  });

  it("what has changed since is told at once", async () => {
    assert.equal((await ask("getVolume", { id: spare })).size, 1);
    await raw().act(spare, "extend", { new_size: 2 });
    await raw().untilStatus("volumes", spare, "available");
    assert.equal((await ask("getVolume", { id: spare })).size, 2);
    const copy = await raw().volume({ name: "copy", snapshot_id: snapshot });
    await raw().untilStatus("volumes", copy, "available");
    assert.equal((await ask("getVolume", { id: copy })).snapshotId, snapshot);
    await raw().remove("volumes", copy);
    await raw().untilStatus("volumes", copy, "gone");
    await assert.rejects(ask("getVolume", { id: copy }), { code: "NOT_FOUND" });
  });

  const filters: [what: string, args: () => Record<string, unknown>, wanted: () => string[]][] = [
    ["nothing", () => ({}), () => [data, other, spare]],
    ["a name, in its very spelling", () => ({ name: "data" }), () => [data]],
    ["a name of none", () => ({ name: "dat" }), () => []],
    ["a status", () => ({ status: "available" }), () => [other, spare]],
    ["a status of none", () => ({ status: "error" }), () => []],
    ["a status that Cinder does not have", () => ({ status: "tired" }), () => []],
    ["metadata", () => ({ metadata: { tier: "gold" } }), () => [data, other]],
    ["metadata, all of them", () => ({ metadata: { tier: "gold", owner: "me" } }), () => [data]],
    ["metadata with another value", () => ({ metadata: { tier: "silver" } }), () => []],
    ["a Backend", () => ({ backend: `cinder:${types.faults}` }), () => [data, other]],
    ["a Backend of none", () => ({ backend: "cinder:none" }), () => []],
    ["a type by name", () => ({ volumeType: types.nfs }), () => [spare]],
    ["a type by UUID", () => ({ volumeType: typeIds[types.nfs] }), () => [spare]],
    ["a type of none", () => ({ volumeType: unknownId }), () => []],
    [
      "several at once",
      () => ({ backend: `cinder:${types.faults}`, status: "available", metadata: { tier: "gold" } }),
      () => [other],
    ],
  ];
  let typeIds: Record<string, string> = {};
  before(async () => {
    const { body } = await rig().call("GET", "/types");
    const all = (body as { volume_types: { id: string; name: string }[] }).volume_types;
    typeIds = Object.fromEntries(all.map(({ id, name }) => [name, id]));
  });
  for (const [what, args, wanted] of filters) {
    it(`getVolumes by ${what}`, async () => {
      assert.deepEqual(await idsOf(args()), wanted().sort());
    });
  }

  it("getVolumes tells of each what getVolume does", async () => {
    assert.deepEqual(await listed({ name: "data" }), [await ask("getVolume", { id: data })]);
  });

  it("getSnapshot", async () => {
    const { createdAt, ...rest } = await ask("getSnapshot", { id: snapshot });
    assert.match(String(createdAt), /Z$/);
    assert.deepEqual(rest, {
      id: snapshot,
      name: "before",
      volume: data,
      size: 1,
      status: "available",
      metadata: { a: "b" },
    });
  });

  for (const name of ["getVolume", "getSnapshot"]) {
    it(`${name} of an id that Cinder does not know says where it looked`, async () => {
      await assert.rejects(ask(name, { id: unknownId }), (error: { code: string; message: string }) => {
        assert.equal(error.code, "NOT_FOUND");
        const kind = name.slice(3);
        assert.equal(
          error.message,
          `${kind} ${unknownId} does not exist at ${rig().endpoint}, project ${rig().project}.`,
        );
        return true;
      });
    });
  }

  it("getBackends: services, pools with what is free, and this host's groups beside them", async () => {
    const { services, pools, volumeGroups } = await ask("getBackends");
    assert.deepEqual(
      services,
      ["rig@faults", "rig@nfs", "rig@nfs2"].map((host) => ({ host, state: "up", enabled: true })),
    );
    const faults = (pools as Found[]).find(({ name }) => name === "rig@faults#faults");
    // in test/rig/faultsDriver.py: 100 GiB, 50 free, 10 promised, 20-fold over-subscription
    assert.deepEqual(faults, {
      name: "rig@faults#faults",
      volumeBackendName: "faults",
      totalGib: 100,
      freeGib: 50,
      roomGib: 1000,
      provisionedGib: 10,
      thin: true,
    });
    assert.equal((pools as Found[]).length, 3);
    assert.ok(Array.isArray(volumeGroups));
  });

  it("getBackends: a service that is switched off is not enabled", async () => {
    const body = { binary: "cinder-volume", host: "rig@nfs2", disabled_reason: "a test" };
    assert.equal((await rig().call("PUT", "/os-services/disable-log-reason", body)).status, 200);
    const services = (await ask("getBackends")).services as Record<string, unknown>[];
    assert.deepEqual(
      services.filter(({ enabled }) => !enabled).map(({ host, state }) => [host, state]),
      [["rig@nfs2", "up"]],
    );
  });

  it("getVolumeTypes and getAvailabilityZones", async () => {
    const { volumeTypes } = await ask("getVolumeTypes");
    const names = (volumeTypes as Found[]).map(({ name }) => String(name));
    assert.deepEqual(names, [...names].sort());
    assert.ok(names.includes("__DEFAULT__"));
    const faults = (volumeTypes as Found[]).find(({ name }) => name === types.faults);
    assert.deepEqual(faults, {
      id: typeIds[types.faults],
      name: types.faults,
      backend: `cinder:${types.faults}`,
      public: true,
      extraSpecs: { volume_backend_name: "faults", multiattach: "<is> True" },
    });
    assert.deepEqual(await ask("getAvailabilityZones"), { availabilityZones: [{ name: "nova", available: true }] });
  });

  it("a host without lvm2 still learns of the Cinder; volume groups are absent, not none", {
    timeout: 60_000,
  }, async () => {
    const text = `
      import { functions } from "./provider/functions/index.js";
      console.log(JSON.stringify(Object.keys(await functions.getBackends.ask({}))));`;
    const [program, args] = lacking(["lvm"], process.execPath, ["--import", "tsx", "--input-type=module", "-e", text]);
    const env = { CINDER_ENDPOINT: rig().endpoint, OS_PROJECT_ID: rig().project };
    const { stdout } = await execa(program, args, { cwd: root, timeout: 50_000, env });
    assert.deepEqual(JSON.parse(stdout), ["services", "pools"]);
  });

  it("another project lists none of it", async () => {
    useSettings({ endpoint: rig().endpoint, project: "0dd" });
    try {
      assert.deepEqual(await listed({}), []);
      await assert.rejects(ask("getSnapshot", { id: unknownId }), { code: "NOT_FOUND", message: /project 0dd\.$/ });
    } finally {
      useSettings({ endpoint: rig().endpoint, project: rig().project });
    }
  });

  it("an Attachment's mark is no device; what a host says is one", async () => {
    const mark = mountpointOf(newMark({ digest: "0".repeat(32), stack: "0".repeat(16) }));
    for (const mountpoint of [mark, "/dev/vdb"]) await attached(other, { ...connector, mountpoint });
    const told = (await ask("getVolume", { id: other })).attachments as { device?: string }[];
    assert.deepEqual(told.map(({ device }) => device).sort(), ["/dev/vdb", undefined]);
  });
});

describe("functions, asked by a member of a project with a Keystone", () => {
  const { rig, raw } = rigFor({ auth: "keystone", backends: ["faults"] });
  let type = "";

  before(async () => {
    const { keystone } = rig();
    assert.ok(keystone);
    const { user, password, project } = keystone.member;
    useSettings({
      authUrl: keystone.url,
      username: user,
      password,
      projectName: project,
      userDomainId: "default",
      projectDomainId: "default",
    });
    type = await raw().type("faults", { multiattach: "<is> True" });
  });

  it("what Cinder tells administrators only is absent, not empty", async () => {
    const { volumeGroups, ...cinder } = await ask("getBackends");
    assert.deepEqual(cinder, {});
    assert.ok(Array.isArray(volumeGroups));
    const found = ((await ask("getVolumeTypes")).volumeTypes as Found[]).find(({ name }) => name === type);
    assert.ok(found);
    assert.equal("volume_backend_name" in ((found.extraSpecs as object) ?? {}), false);
    assert.deepEqual(await listed({}), []);
  });
});

describe("functions, and a Cinder that does not answer", () => {
  it("getBackends is an error, although this host's groups are there", async () => {
    useSettings({ endpoint: "http://127.0.0.1:9/v3" });
    const asked = [ask("getBackends"), ask("getVolumes"), ask("getVolume", { id: unknownId })];
    await Promise.all(asked.map((one) => assert.rejects(one, { code: "SERVICE_UNREACHABLE" })));
  });

  it("a wrong setting is an error too", async () => {
    useSettings({ endpoint: "nowhere" });
    await assert.rejects(ask("getBackends"), { code: "CONFIG_INVALID" });
    useSettings({});
    await assert.rejects(ask("getBackends", { cloud: "no-such-cloud" }), { code: /^CONFIG_/ });
  });
});
