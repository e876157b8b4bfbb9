import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { dirname } from "node:path";
import { after, before, describe, test } from "node:test";
import { execa } from "execa";
import { configure } from "../../provider/configuration.js";
import { functions } from "../../provider/functions/index.js";
import { type Bed, makeBed, sharedLifetime } from "../support/bed.js";
import { foreignGroup } from "../support/foreign.js";
import { root } from "../support/paths.js";
import { lacking } from "../support/provider.js";
import { command, lvm } from "../support/system.js";

for (const name of Object.keys(process.env)) if (/^(OS_|CINDER)/.test(name)) delete process.env[name];
configure(() => undefined);

type Found = Record<string, unknown> & { id: string; name: string };

async function ask(name: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const asked = functions[name];
  assert.ok(asked);
  return (await asked.ask(args)) as Record<string, unknown>;
}

async function groupNamed(name: string): Promise<Record<string, unknown> | undefined> {
  return ((await ask("getBackends")).volumeGroups as Found[]).find((group) => group.name === name);
}

const unknown = "volume-00000000-0000-4000-8000-000000000000";

describe("functions and the embedded LVM", () => {
  const lifetime = sharedLifetime();
  let bed: Bed;
  const id = (name: string) => bed.deployment.get(name).id;
  const program = (size: number) => [
    bed.backend({ size: 6 }),
    bed.volume("data", { size, name: "the data", description: "für alles", metadata: { tier: "gold", owner: "me" } }),
    bed.volume("spare", { size: 1, name: "spare", metadata: { tier: "gold" } }),
    bed.attachment("data-disk", "data"),
  ];

  before(async () => {
    bed = await makeBed(lifetime, "ask");
    await bed.deployment.up(program(1));
  });
  after(() => lifetime.end());

  const attachedAt = (device: unknown) => ({
    id: id("data"),
    name: "the data",
    description: "für alles",
    size: 1,
    status: "in-use",
    attachments: [{ attachmentId: id("data"), hostName: hostname(), device }],
    metadata: { tier: "gold", owner: "me" },
    bootable: false,
    readOnly: false,
    backend: `lvm:${bed.group}`,
  });

  test("getVolume of one that is attached, and of one that is not", async () => {
    const { devicePath } = bed.deployment.get("data-disk").outputs;
    const [found, spare] = await Promise.all(["data", "spare"].map((name) => ask("getVolume", { id: id(name) })));
    const { createdAt, ...data } = found ?? {};
    assert.match(String(createdAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    assert.deepEqual(data, attachedAt(devicePath));
    assert.deepEqual(spare, {
      id: id("spare"),
      name: "spare",
      size: 1,
      status: "available",
      attachments: [],
      metadata: { tier: "gold" },
      bootable: false,
      readOnly: false,
      createdAt: spare?.createdAt,
      backend: `lvm:${bed.group}`,
    });
  });

  const filters: [what: string, args: Record<string, unknown>, wanted: string[]][] = [
    ["nothing else", {}, ["data", "spare"]],
    ["name", { name: "the data" }, ["data"]],
    ["name of none", { name: "data" }, []],
    ["status", { status: "in-use" }, ["data"]],
    ["status", { status: "available" }, ["spare"]],
    ["status of none", { status: "error" }, []],
    ["metadata", { metadata: { tier: "gold" } }, ["data", "spare"]],
    ["metadata, all of them", { metadata: { tier: "gold", owner: "me" } }, ["data"]],
    ["metadata of none", { metadata: { tier: "tin" } }, []],
    ["several at once", { metadata: { tier: "gold" }, status: "in-use" }, ["data"]],
  ];
  for (const [what, args, wanted] of filters) {
    test(`getVolumes of the Backend by ${what}: ${JSON.stringify(args)}`, async () => {
      const { volumes } = await ask("getVolumes", { backend: `lvm:${bed.group}`, ...args });
      assert.deepEqual(
        (volumes as Found[]).map((found) => found.id),
        wanted.map(id).sort(),
      );
    });
  }

  test("getBackends: the group with what is free, by this very moment", async () => {
    const found = await groupNamed(bed.group);
    assert.match(String(found?.uuid), /^\w{6}(-\w{4}){5}-\w{6}$/);
    assert.deepEqual(found, {
      name: bed.group,
      backend: `lvm:${bed.group}`,
      uuid: found?.uuid,
      state: "up",
      totalGib: 5,
      freeGib: 3,
      largestFreeGib: found?.largestFreeGib,
      volumes: 2,
      activation: "loop",
      devices: bed.deployment.get("pool").outputs.devices,
    });
    // where the second volume stands, three free GiB may be one piece or two
    assert.ok([2, 3].includes(Number(found?.largestFreeGib)), String(found?.largestFreeGib));
    await bed.deployment.up(program(2));
    assert.equal((await groupNamed(bed.group))?.freeGib, 2);
    assert.equal((await ask("getVolume", { id: id("data") })).size, 2);
  });

  test("a volume that is being deleted, one that was renamed, one that is not ours", async () => {
    const tag = (...change: string[]) => lvm("lvchange", ...change, id("spare"));
    await tag("--addtag", "blockbox.deleting");
    assert.equal((await ask("getVolume", { id: id("spare") })).status, "deleting");
    await tag("--deltag", "blockbox.deleting");
    const ours = async () => ((await ask("getVolumes", { backend: `lvm:${bed.group}` })).volumes as Found[]).length;

    await tag("--deltag", "blockbox");
    await assert.rejects(ask("getVolume", { id: id("spare") }), { code: "NOT_OURS" });
    assert.equal(await ours(), 1);
    await tag("--addtag", "blockbox");

    await lvm("lvrename", id("spare"), `${bed.group}/aside`);
    await assert.rejects(ask("getVolume", { id: id("spare") }), { code: "NOT_FOUND" });
    assert.equal(await ours(), 1);
    await lvm("lvrename", `${bed.group}/aside`, id("spare"));
    assert.equal(await ours(), 2);
  });

  test("what is gone is not what cannot be seen", async () => {
    await assert.rejects(ask("getVolume", { id: `${bed.group}/${unknown}` }), { code: "NOT_FOUND" });
    await assert.rejects(ask("getVolume", { id: `bbt-none/${unknown}` }), { code: "NOT_HERE" });
    await assert.rejects(ask("getVolumes", { backend: "lvm:bbt-none" }), { code: "NOT_HERE" });
  });

  test("a group of others is shown as theirs, its volumes are not; one that lacks a device is down", async () => {
    const foreign = `${bed.group}-theirs`;
    const first = await foreignGroup(bed.path("foreign.img"), foreign);
    await lvm("lvcreate", "-an", "-Zn", "-Wn", "-y", "-L", "8M", "-n", unknown, foreign);
    const { uuid, ...found } = (await groupNamed(foreign)) ?? {};
    assert.deepEqual(found, {
      name: foreign,
      state: "up",
      totalGib: 0,
      freeGib: 0,
      largestFreeGib: 0,
      volumes: 1,
      devices: [first],
    });
    await assert.rejects(ask("getVolumes", { backend: `lvm:${foreign}` }), { code: "NOT_OURS" });
    await assert.rejects(ask("getVolume", { id: `${foreign}/${unknown}` }), { code: "NOT_OURS" });

    await command("truncate", "-s", "2G", bed.path("more.img"));
    const second = (await command("losetup", "--find", "--show", bed.path("more.img"))).trim();
    await lvm("pvcreate", "--yes", second);
    await lvm("vgextend", foreign, second);
    const whole = await groupNamed(foreign);
    assert.deepEqual([whole?.state, whole?.totalGib, whole?.freeGib], ["up", 2, 2]);
    await command("losetup", "-d", second);
    const partial = await groupNamed(foreign);
    assert.deepEqual([partial?.state, partial?.uuid, partial?.devices], ["down", uuid, [first, "[unknown]"]]);

    await command("losetup", second, bed.path("more.img"));
    await lvm("vgremove", "--yes", "--force", foreign);
    await command("losetup", "-d", first, second);
  });

  test("a host without lvm2: an error, since there is nothing else to ask", { timeout: 60_000 }, async () => {
    const text = `
      import { functions } from "./provider/functions/index.js";
      const seen = await functions.getBackends.ask({}).catch(({ code }) => code);
      console.log(JSON.stringify(seen));`;
    const [program, args] = lacking(["lvm"], process.execPath, ["--import", "tsx", "--input-type=module", "-e", text]);
    const { stdout } = await execa(program, args, { cwd: root, timeout: 50_000 });
    assert.equal(stdout, '"TOOL_MISSING"');
  });
});

describe("getConnector", () => {
  const file = "/etc/iscsi/initiatorname.iscsi";
  const isOwn = !existsSync(file);
  let made: string | undefined;
  before(async () => {
    if (!isOwn) return;
    made = await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "InitiatorName=iqn.2026-01.org.example:bbt\n");
  });
  after(async () => {
    if (isOwn) await rm(made ?? file, { recursive: true });
  });

  test("is of this host, and good for an Attachment", async () => {
    const connector = await ask("getConnector");
    const [, wanted] = /^InitiatorName=(.*)$/m.exec(await readFile(file, "utf8")) ?? [];
    assert.equal(connector.initiator, wanted);
    assert.equal(connector.hostName, (await command("uname", "-n")).trim());
    assert.equal(connector.multipath, false);
    const all = Object.values(networkInterfaces()).flatMap((found = []) => found.map(({ address }) => address));
    if (connector.ip !== undefined) assert.ok(all.includes(String(connector.ip)), String(connector.ip));
    const { validate } = await import("../../provider/declaration/validate.js");
    const { attachmentDeclaration } = await import("../../provider/resources/attachment/declaration.js");
    const inputs = { volume: "00000000-0000-4000-8000-000000000000", connector };
    const scope = { olds: {}, autoName: "", service: "cinder" as const };
    assert.deepEqual(validate(attachmentDeclaration.inputs, inputs, scope).failures, []);
  });
});
