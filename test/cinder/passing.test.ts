import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { configure } from "../../provider/configuration.js";
import { BlockboxError } from "../../provider/errors.js";
import { makeAttachment } from "../../provider/services/cinder/attachments/makeAttachment.js";
import { cinderOf } from "../../provider/services/cinder/cinder.js";
import { makeSnapshot } from "../../provider/services/cinder/snapshots/makeSnapshot.js";
import { makeVolume } from "../../provider/services/cinder/volumes/makeVolume.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { until } from "../support/until.js";

for (const name of Object.keys(process.env)) if (/^(OS_|CINDER)/.test(name)) delete process.env[name];

const limitMs = 30_000;
const connector = { host: "other", initiator: "iqn.2026-01.org.example:other" };
const identity = (digit: string) => ({ digest: digit.repeat(32), stack: "0".repeat(16) });

describe("what needs a volume at rest, asked for while the volume is being attached", () => {
  const { rig, raw } = rigFor({ backends: ["faults"] });
  let type = "";
  before(async () => {
    const settings: Record<string, string> = { endpoint: rig().endpoint, project: rig().project };
    configure((key) => settings[key]);
    type = await raw().type("faults");
  });

  /** Runs `body` on a volume that is on its way to be attached for some seconds more; it is attached afterwards. */
  const whileAttaching = async (body: (volume: string) => Promise<void>) => {
    const id = await raw().volume({ name: "a-slowattach-3", volume_type: type });
    await raw().untilStatus("volumes", id, "available");
    const attached = raw().attach(id, connector);
    const status = async () => String((await raw().row("volumes", id))?.status);
    await until("it is being attached", async () => ["reserved", "attaching"].includes(await status()));
    await body(id);
    const { status: answer, body: attachment } = await attached;
    assert.equal(answer, 200);
    return { id, attachment: (attachment as { attachment: { id: string } }).attachment.id };
  };
  const attachmentsOf = async (volume: string) => {
    const { body } = await rig().call("GET", `/attachments?volume_id=${volume}`);
    return (body as { attachments: { id: string }[] }).attachments.map((one) => one.id);
  };
  const complete = (id: string) => rig().call("POST", `/attachments/${id}/action`, { "os-complete": {} });

  for (const force of [true, false]) {
    it(`a snapshot with force: ${force}`, async () => {
      let taken: Promise<unknown> | undefined;
      const wish = { name: "s", description: undefined, metadata: {}, force };
      const { attachment } = await whileAttaching(async (volumeId) => {
        taken = makeSnapshot(cinderOf(undefined), identity(force ? "1" : "2"), { ...wish, volumeId }, limitMs).catch(
          (error) => error,
        );
      });
      await complete(attachment);
      const end = await taken;
      if (force) assert.equal((end as { status?: string }).status, "available", String(end));
      // it is attached by the time that a snapshot can be taken
      else assert.ok(BlockboxError.is(end) && end.code === "IN_USE", String(end));
    });
  }

  it("a copy of the volume", async () => {
    const wish = { name: "copy", metadata: {}, readOnly: false, type } as const;
    let copied: Promise<{ source_volid?: string | null | undefined }> | undefined;
    const { id, attachment } = await whileAttaching(async (sourceVolumeId) => {
      copied = makeVolume(cinderOf(undefined), identity("3"), { ...none, ...wish, sourceVolumeId }, limitMs);
      copied.catch(() => undefined);
    });
    await complete(attachment);
    assert.equal((await copied)?.source_volid, id);
  });

  it("an attachment, where another is begun and never completed: that one is named, with what to do", async () => {
    const id = await raw().volume({ volume_type: type });
    await raw().untilStatus("volumes", id, "available");
    const { body } = await raw().attach(id, connector);
    const { id: left } = (body as { attachment: { id: string } }).attachment;
    const { host: hostName, initiator } = connector;
    const wish = { volumeId: id, mode: "rw", connector: { hostName, initiator, multipath: false } } as const;
    const attach = (limit: number) => makeAttachment(cinderOf(undefined), identity("5"), wish, limit);
    await assert.rejects(attach(1_000), (error: BlockboxError) => {
      assert.equal(error.code, "IN_USE");
      assert.match(error.message, /status.*attaching.*HTTP 400/s);
      assert.match(error.message, new RegExp(`Attachment ${left} .* is attaching, .*delete that attachment`));
      return true;
    });
    assert.deepEqual(await attachmentsOf(id), [left]);
    // Gone while it is waited for.
    const made = attach(limitMs);
    assert.equal((await rig().call("DELETE", `/attachments/${left}`)).status, 200);
    const { id: ours } = await made;
    assert.deepEqual(await attachmentsOf(id), [ours]);
  });

  it("what Cinder refuses for another reason is refused as soon as that is known", async () => {
    const id = await raw().volume({ volume_type: type });
    await raw().untilStatus("volumes", id, "available");
    const begin = performance.now();
    const wish = { ...none, name: "copy", metadata: {}, readOnly: false, type: "none", sourceVolumeId: id };
    await assert.rejects(makeVolume(cinderOf(undefined), identity("4"), wish, limitMs), (error: BlockboxError) =>
      error.code.startsWith("SERVICE_"),
    );
    assert.ok(performance.now() - begin < 5_000);
  });
});

const none = {
  description: undefined,
  size: undefined,
  bootable: undefined,
  snapshotId: undefined,
  adopt: undefined,
  availabilityZone: undefined,
  schedulerHints: undefined,
};
