import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { assertRefused, converge, ops } from "../../support/cinder/converge.js";
import type { Declared, Deployment, Op, Program, Ref } from "../../support/deployment.js";
import { root } from "../../support/paths.js";
import type { Props } from "../../support/rpc.js";

const bed = cinderBed({ backends: ["faults"] });

const volume = (name: string, pool: string, inputs: Props = {}): Declared => ({
  kind: "Volume",
  name,
  backend: pool,
  inputs: (ref) => ({ backend: ref(pool), size: 1, ...inputs }),
});
const base: Program = [
  { kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: "faults" } } },
  {
    kind: "Backend",
    name: "many",
    inputs: { cinder: { volumeBackendName: "faults", extraSpecs: { multiattach: "<is> True" } } },
  },
  volume("data", "pool"),
  volume("other", "pool"),
  volume("shared", "many"),
];
const host = (name: string) => ({ hostName: name, initiator: `iqn.2026-01.org.example:${name}` });
const attachment = (name: string, inputs: Props | ((ref: Ref) => Props) = {}): Declared => ({
  kind: "Attachment",
  name,
  inputs: (ref) => ({
    volume: ref("data"),
    connector: host("one"),
    ...(typeof inputs === "function" ? inputs(ref) : inputs),
  }),
});

describe("an Attachment to another host", () => {
  let deployment: Deployment;
  const partsOf = (name: string) => deployment.get(name).id.split("/") as [string, string];
  const shown = async (name: string) => {
    const { body } = await bed().rig.call("GET", `/attachments/${partsOf(name)[1]}`);
    return (body as { attachment: Props }).attachment;
  };

  before(async () => {
    deployment = bed().deployment();
    await deployment.up(base);
  });
  after(() => deployment.destroy());

  it("is complete, with everything that its host needs, typed; the request has our mark and no instance_uuid", async () => {
    bed().proxy.journal.clear();
    await converge(deployment, [...base, attachment("disk")], { disk: "create" });
    const [volumeId, id] = partsOf("disk");
    assert.equal(volumeId, deployment.get("data").id);
    const { status, attach_mode } = await shown("disk");
    assert.deepEqual({ status, attach_mode }, { status: "attached", attach_mode: "rw" });
    assert.equal((await bed().show("volumes", volumeId)).status, "in-use");
    const { connectionInfo, ...outputs } = deployment.get("disk").outputs;
    const { attachmentId, hostName, driverVolumeType, mode } = outputs;
    assert.deepEqual(
      { attachmentId, hostName, driverVolumeType, mode },
      { attachmentId: id, hostName: "one", driverVolumeType: "iscsi", mode: "rw" },
    );
    const { other, ...typed } = connectionInfo as Props;
    assert.deepEqual(typed, {
      driverVolumeType: "iscsi",
      targetIqn: `iqn.2010-10.org.openstack:volume-${volumeId}`,
      targetPortal: "127.0.0.1:3260",
      targetLun: 0,
      authMethod: "CHAP",
      authUsername: "u".repeat(20),
      authPassword: "p".repeat(16),
      accessMode: "rw",
      discard: false,
      encrypted: false,
    });
    assert.equal((other as Props).volume_id, volumeId);
    for (const value of Object.values(other as Props)) assert.equal(typeof value, "string");
    const [post] = bed().proxy.journal.matching("POST", /\/attachments$/);
    const { attachment: body } = JSON.parse(post?.body ?? "{}");
    assert.equal("instance_uuid" in body, false);
    assert.match(body.connector.mountpoint, /^blockbox:/);
    assert.deepEqual(
      { ...body.connector, mountpoint: "" },
      {
        host: "one",
        initiator: "iqn.2026-01.org.example:one",
        multipath: false,
        os_type: "linux",
        do_local_attach: false,
        mountpoint: "",
      },
    );
    const { attachments, metadata } = await bed().show("volumes", volumeId);
    assert.equal((attachments as Props[])[0]?.device, body.connector.mountpoint);
    // the note that it was being made is gone
    assert.equal(JSON.stringify(metadata).includes("blockbox:"), false);
    assert.equal(bed().proxy.journal.count("PUT"), 0);
  });

  it("its connection is secret in the schema and in the SDK", async () => {
    const schema = JSON.parse(await readFile(join(root, "schema.json"), "utf8"));
    const { properties } = schema.resources["blockbox:index:Attachment"];
    assert.equal(properties.connectionInfo.secret, true);
    const built = await readFile(join(root, "dist/sdk/nodejs/attachment.js"), "utf8");
    assert.match(built, /secrets = \["connectionInfo"\]/);
  });

  const edits: [what: string, inputs: Props | ((ref: Ref) => Props), op: Op][] = [
    ["mode ro", { mode: "ro" }, "replace"],
    ["mode rw", {}, "replace"],
    ["another host", { connector: host("two") }, "replace"],
    ["an address", { connector: { ...host("two"), ip: "192.0.2.1" } }, "replace"],
    ["several paths", { connector: { ...host("two"), ip: "192.0.2.1", multipath: true } }, "replace"],
    ["another volume", (ref) => ({ volume: ref("other"), connector: host("two") }), "replace"],
    ["timeouts", (ref) => ({ volume: ref("other"), connector: host("two"), timeouts: { create: 9 } }), "update"],
    ["the size that it has", (ref) => ({ volume: ref("other"), connector: host("two"), size: 1 }), "update"],
  ];
  for (const [what, inputs, op] of edits) {
    it(`edited: ${what}`, async () => {
      const { id } = deployment.get("disk");
      // one process for all of it: there are many, and other files look with a new one
      const program = [...base, attachment("disk", inputs)];
      await deployment.withProvider(() => converge(deployment, program, { disk: op }));
      assert.equal(deployment.get("disk").id !== id, op === "replace");
      const [volumeId, attachmentId] = partsOf("disk");
      const all = [...(await bed().attachments(volumeId)), ...(await bed().attachments(id.split("/")[0] ?? ""))];
      assert.deepEqual([...new Set(all.map((one) => one.id))], [attachmentId], "it is the only one");
      if (what === "mode ro") assert.equal((await shown("disk")).attach_mode, "ro");
      if (what === "mode ro") assert.equal((deployment.get("disk").outputs.connectionInfo as Props).accessMode, "ro");
    });
  }

  it("grows with its volume, and no further", async () => {
    const grown = (size: number, of: number): Program => [
      ...base.filter(({ name }) => name !== "other"),
      volume("other", "pool", { size: of }),
      attachment("disk", (ref) => ({ volume: ref("other"), connector: host("two"), size })),
    ];
    await converge(deployment, grown(2, 2), { other: "update", disk: "update" });
    assert.equal(deployment.get("disk").outputs.size, 2);
    await assertRefused(deployment.preview(grown(1, 2)), "size", /cannot shrink from 2 to 1 GiB/);
    await assert.rejects(deployment.up(grown(3, 2)), /property size has a problem: volume .* has 2 GiB/);
    await deployment.up(grown(2, 2));
    await converge(deployment, grown(2, 2).slice(0, -1), { disk: "delete" });
  });

  it("a volume that somebody else has attached, and one that is read only, are refused in the preview", async () => {
    const { id } = deployment.get("data");
    const theirs = await bed().raw.attach(id, { host: "theirs", initiator: "iqn.2026-01.org.example:theirs" });
    const { attachment: held } = theirs.body as { attachment: { id: string } };
    await bed().rig.call("POST", `/attachments/${held.id}/action`, { "os-complete": {} });
    bed().proxy.journal.clear();
    const others = [
      ...base.filter(({ name }) => name !== "other"),
      volume("other", "pool", { size: 2, readOnly: true }),
    ];
    const of = (name: string) => (ref: Ref) => ({ volume: ref(name) });
    const { preview } = { preview: (program: Program) => deployment.preview(program) };
    await assertRefused(preview([...others, attachment("disk")]), "volume", new RegExp(`${held.id} of host theirs`));
    assert.deepEqual(bed().proxy.journal.writes(), []);
    await bed().rig.call("DELETE", `/attachments/${held.id}`);
    // Also while it is only to become so.
    for (const isSo of [false, true]) {
      if (isSo) await deployment.up(others);
      await assertRefused(preview([...others, attachment("disk", of("other"))]), "mode", /read only/);
    }
    const ro = attachment("disk", (ref) => ({ volume: ref("other"), mode: "ro" }));
    await converge(deployment, [...others, ro], { disk: "create" });
    await deployment.up(others);
  });

  it("two of a multiattach volume at once are made one after the other; one goes while the other stays", async () => {
    bed().proxy.journal.clear();
    const state = () => bed().show("volumes", deployment.get("shared").id);
    await deployment.withProvider(async (provider) => {
      const made = ["one", "two"].map(async (name) => {
        const declared = { kind: "Attachment", name } as const;
        const news = { volume: deployment.get("shared").id, connector: host(name), ...deployment.hidden(declared) };
        const { inputs, failures } = await provider.check({}, news);
        assert.deepEqual(failures, []);
        const { id, outputs } = await provider.create(inputs);
        deployment.state.set(name, { ...declared, id, inputs, outputs, initErrors: [] });
      });
      await Promise.all(made);
    });
    const posts = bed().proxy.journal.matching("POST", /\/attachments(\/[^/]+\/action)?$/);
    assert.equal(posts.length, 4);
    assert.deepEqual(
      posts.map(({ status }) => status),
      [200, 204, 200, 204],
    );
    posts.reduce((earlier, later) => {
      assert.ok((earlier.answeredAt ?? Number.POSITIVE_INFINITY) <= later.at, "they overlap");
      return later;
    });
    assert.equal(((await state()).attachments as unknown[]).length, 2);
    const both = [...base.filter(({ name }) => name !== "other"), volume("other", "pool", { size: 2, readOnly: true })];
    const program = (...names: string[]): Program => [
      ...both,
      ...names.map((name) => attachment(name, (ref) => ({ volume: ref("shared"), connector: host(name) }))),
    ];
    assert.deepEqual(new Set(Object.values(ops(await deployment.preview(program("one", "two"))))), new Set(["same"]));
    await converge(deployment, program("two"), { one: "delete" });
    assert.deepEqual(
      (await bed().attachments(deployment.get("shared").id)).map(({ id }) => id),
      [partsOf("two")[1]],
    );
    assert.equal((await state()).status, "in-use");
    await converge(deployment, both, { two: "delete" });
    assert.equal((await state()).status, "available");
  });
});
