import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { cinderBed } from "../support/cinder/bed.js";
import { assertRefused, converge, ops, settled } from "../support/cinder/converge.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { killProvider } from "../support/creating.js";
import { type Declared, Deployment, type Program, uniqueName } from "../support/deployment.js";
import { within } from "../support/guest.js";
import type { Provider } from "../support/provider.js";
import type { Props } from "../support/rpc.js";
import { volumeGroups } from "../support/system.js";
import { type Place, placesIn, usedBlocks } from "../support/thinPool.js";
import { until } from "../support/until.js";

/** The group of the rig's backend. */
const volumeGroup = "cinder-volumes";
const deployment = new Deployment({ stack: uniqueName("moves") });
const names = ["thick", "held", "refused", "renamed", "unheard", "unanswered", "unknown"];

const group = (lvm: Props = {}): Declared => ({
  kind: "Backend",
  name: "group",
  inputs: { name: volumeGroup, lvm: { loopFile: { size: 12, sparse: true }, ...lvm } },
});
const pool: Declared = { kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: "tgt" } } };
const here = (name: string): Declared => ({
  kind: "Volume",
  name,
  backend: "group",
  inputs: (ref) => ({ backend: ref("group"), size: 1, name, metadata: { of: "us" }, bootable: false }),
});
const disk = (volume: string, path: string): Declared => ({
  kind: "Attachment",
  name: "disk",
  inputs: (ref) => ({ volume: ref(volume), mount: { path } }),
});

/** Names of the logical volumes, as long as they are ours. */
const sources = new Map<string, string>();
const moved = (name: string, inputs: Props = {}): Declared => ({
  kind: "Volume",
  name,
  backend: "pool",
  inputs: (ref) => ({
    ...{ backend: ref("pool"), size: 1, name, metadata: { of: "us" }, bootable: false },
    ...{ adopt: { serviceHost: "rig@tgt#tgt", sourceName: sources.get(name) }, ...inputs },
  }),
});

// Only the guest runs this: what it leaves goes with that.
describe("a volume of our LVM moves into Cinder", () => {
  /** A group of ours with a thick volume and thin ones, before there is a Cinder; the rig finds its group made. */
  before(async () => {
    await deployment.up([group({ thinPool: false }), here("thick")]);
    await deployment.up([group({ thinPool: true }), ...names.map(here)]);
    for (const name of names) sources.set(name, deployment.get(name).id.split("/")[1] ?? "");
  });
  const cinder = cinderBed({ backends: ["tgt"] });

  const dir = mkdtempSync(join(tmpdir(), "bbt-moves-"));
  const atCinder = new Set<string>();
  /** All that is, with what has moved so far; and these moved too. */
  const program = (...moving: Declared[]): Program => [
    group({ thinPool: true, adopt: true }),
    pool,
    ...names.map((name) => moving.find((one) => one.name === name) ?? (atCinder.has(name) ? moved(name) : here(name))),
  ];
  const place = async (uuid: string): Promise<Place | undefined> =>
    (await placesIn(volumeGroup)).find((one) => one.uuid === uuid);
  const placeOf = async (name: string): Promise<Place> => {
    const found = (await placesIn(volumeGroup)).find((one) => one.name === sources.get(name));
    assert.ok(found, name);
    return found;
  };
  const volumesOfCinder = async () => {
    const { body } = await cinder().rig.call("GET", "/volumes/detail");
    return (body as { volumes: { id: string; status: string; metadata: Props }[] }).volumes;
  };

  /** It is Cinder's by now, once, and what it was: the same place, without a tag of ours. */
  async function assertMoved(name: string, earlier: Place): Promise<void> {
    const { id } = deployment.get(name);
    const { name: now, tags, ranges, thinId } = (await place(earlier.uuid)) ?? {};
    assert.deepEqual([now, tags, ranges, thinId], [`volume-${id}`, "", earlier.ranges, earlier.thinId]);
    const all = await volumesOfCinder();
    assert.deepEqual(all.map((one) => one.id).sort(), [...atCinder, name].map((one) => deployment.get(one).id).sort());
    assert.equal(all.find((one) => one.id === id)?.status, "available");
    atCinder.add(name);
  }

  async function move(name: string, earlier: Place): Promise<void> {
    assert.equal(ops(await deployment.up(program(moved(name))))[name], "replace");
    await assertMoved(name, earlier);
  }

  before(async () => {
    deployment.config = { "blockbox:endpoint": cinder().proxy.endpoint, "blockbox:project": cinder().rig.project };
    await deployment.up(program());
  });

  it("not while it is attached, has a Snapshot, or would be deleted first; not from a pool or by a name that is none", async () => {
    const refused = (says: RegExp, inputs: Props = {}, property = "adopt.sourceName") =>
      assertRefused(deployment.preview(program(moved("held", inputs))), property, says);
    await deployment.up([...program(), disk("held", join(dir, "held"))]);
    await refused(/in use: attached as \/dev\/cinder-volumes\/volume-\S+, mounted on \S+\/held.*Remove its Attachment/);
    const snapshot: Declared = { kind: "Snapshot", name: "first", inputs: (ref) => ({ volume: ref("held") }) };
    await deployment.up([...program(), snapshot]);
    await refused(/has snapshots, .*first-\w+ \(cinder-volumes\/_snapshot-/);
    await deployment.up(program());
    await deployment.withProvider(async () => {
      await refused(
        /rig@tgt#none is no pool.*rig@tgt#tgt/,
        { adopt: { serviceHost: "rig@tgt#none", sourceName: "x" } },
        "adopt.serviceHost",
      );
      await refused(/there is no volume-x in rig@tgt#tgt/, {
        adopt: { serviceHost: "rig@tgt#tgt", sourceName: "volume-x" },
      });
      await refused(/is no Volume/, { adopt: { serviceHost: "rig@tgt#tgt", sourceName: `${volumeGroup}-pool` } });
      await refused(/deleteBeforeReplace/, { __deletesFirst: true });
    });
    assert.match((await placeOf("held")).tags, /\bblockbox\b/);
    assert.deepEqual(await volumesOfCinder(), []);
  });

  it("its delete is refused before Cinder has taken it over, whoever asks for that order", async () => {
    const { id, inputs: olds, outputs } = deployment.get("held");
    await deployment.withProvider(async (provider) => {
      const { inputs } = await provider.check(olds, newsOf(moved("held")));
      await provider.diff(id, outputs, inputs);
      await assert.rejects(provider.delete(id, outputs), /is not deleted: Cinder was to take it over/);
    });
    assert.match((await placeOf("held")).tags, /\bblockbox\b/);
  });

  it("a thick one, with its data, and nothing is copied; attached again it has them", async () => {
    const path = join(dir, "thick");
    const content = pattern("thick", 4 * 2 ** 20);
    await deployment.up([...program(), disk("thick", path)]);
    await writeThrough(join(path, "file"), content);
    await deployment.up(program());
    const [earlier, blocks] = [await placeOf("thick"), await usedBlocks(volumeGroup)];
    assert.match(earlier.ranges, /:\d+-\d+$/);
    await converge(deployment, program(moved("thick")), { thick: "replace" });
    await assertMoved("thick", earlier);
    assert.equal(await usedBlocks(volumeGroup), blocks);
    await deployment.up([...program(), disk("thick", path)]);
    assert.equal(await sha256(join(path, "file")), digest(content));
    await deployment.up(program());
  });

  it("what Cinder refuses to take over is ours again, as it was", async () => {
    const earlier = await placeOf("refused");
    await limitVolumes(atCinder.size);
    try {
      await assert.rejects(deployment.up(program(moved("refused"))), /Maximum number of volumes allowed/);
    } finally {
      await limitVolumes(-1);
    }
    assert.deepEqual(await place(earlier.uuid), earlier);
    assert.equal((await volumesOfCinder()).length, atCinder.size);
    await move("refused", earlier);
  });

  it("so is what it fails at when it has given it another name already", async () => {
    const earlier = await placeOf("renamed");
    const fail = (answer: { body: Buffer }) => {
      answer.body = Buffer.from(answer.body.toString("utf8").replaceAll('"status": "available"', '"status": "error"'));
    };
    const isNew = ({ method }: { method: string }) => method === "GET";
    cinder().proxy.break({ path: /\/volumes\//, when: isNew, fault: { kind: "change", change: fail } });
    await assert.rejects(deployment.up(program(moved("renamed"))), /Nothing of it is left/);
    cinder().proxy.mend();
    assert.deepEqual(await place(earlier.uuid), earlier);
    assert.equal((await volumesOfCinder()).length, atCinder.size);
    await move("renamed", earlier);
  });

  const posts = { method: "POST", path: /\/manageable_volumes$/ };
  const moments = {
    unheard: { what: "before Cinder heard of it", rule: { ...posts, fault: { kind: "resetBefore" } } },
    unanswered: { what: "while Cinder does it", rule: { ...posts, fault: { kind: "stall", ms: 120_000 } } },
  } as const;
  for (const [name, { what, rule }] of Object.entries(moments)) {
    it(`killed ${what}, the same update run again finishes`, async () => {
      const earlier = await placeOf(name);
      const met = cinder().proxy.break(rule);
      await killed(name, () => until("Cinder is asked", () => met.matched > 0, { limitMs: within(20_000) }));
      cinder().proxy.mend();
      await move(name, earlier);
    });
  }

  it("killed when Cinder has it and no state knows, too", async () => {
    const earlier = await placeOf("unknown");
    await killed("unknown", (created) => created);
    await move("unknown", earlier);
    await settled(deployment, program());
  });

  it("without them Cinder's go, with their data; a group that is adopted no more goes with its Backend", async () => {
    await deployment.up([group({ thinPool: true, adopt: true }), pool, here("held")]);
    assert.deepEqual(await volumesOfCinder(), []);
    const left = (await placesIn(volumeGroup)).map((one) => one.name);
    assert.deepEqual(left.sort(), [`${volumeGroup}-pool`, sources.get("held")].sort());
    await deployment.up([group({ thinPool: true, adopt: false })]);
    await deployment.destroy();
    assert.deepEqual(await volumeGroups(), []);
  });

  const newsOf = (declared: Declared): Props => ({
    ...(declared.inputs as (ref: (name: string) => string) => Props)((name) => deployment.get(name).id),
    ...deployment.hidden(declared),
  });

  /** The calls of an update that makes the replacement, whose provider is killed at a moment of it: state knows nothing. */
  async function killed(name: string, moment: (created: Promise<unknown>) => Promise<unknown>): Promise<void> {
    const { id, inputs: olds, outputs } = deployment.get(name);
    await deployment.withProvider(async (provider: Provider) => {
      const news = newsOf(moved(name));
      const { inputs } = await provider.check(olds, news);
      await provider.diff(id, outputs, inputs);
      const anew = await provider.check({}, news);
      const created = provider.create(anew.inputs);
      created.catch(() => undefined);
      await moment(created);
      await killProvider(provider);
    });
  }

  async function limitVolumes(volumes: number): Promise<void> {
    const { project } = cinder().rig;
    await cinder().rig.call("PUT", `/os-quota-sets/${project}`, { quota_set: { volumes } });
  }
});
