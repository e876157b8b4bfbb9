import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRefused } from "../support/cinder/converge.js";
import { assertNothingHere, iscsiCinder, makeIscsiBed } from "../support/cinder/iscsiBed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";

const cinder = iscsiCinder();

test("a multiattach volume is attached to this host once, and beside that exported to others", async (t) => {
  const bed = makeIscsiBed(cinder());
  t.after(async () => {
    await bed.deployment.destroy();
    assertNothingHere("after the destroy");
  });
  const base = [bed.pool("tgt", { extraSpecs: { multiattach: "<is> True" } }), bed.volume("data", "tgt")];
  const one = [...base, bed.attachment("one", "data")];
  const content = pattern("multiattach", 2 ** 20);
  const both = [...one, bed.attachment("two", "data")];
  const rows = async () => (await cinder().attachments(bed.deployment.get("data").id)).length;

  // Both at once: no preview can know which comes first.
  await assert.rejects(bed.deployment.up(both), /to this host already/);
  assert.equal(await rows(), 1);
  await writeThrough(bed.path("one/file"), content);
  await assertRefused(bed.deployment.preview(both), "volume", /to this host already: a host attaches a volume once/);

  const connector = { hostName: "other", initiator: "iqn.2026-01.org.example:other" };
  await bed.deployment.up([...one, bed.attachment("there", "data", { mount: undefined, connector })]);
  assert.equal(await rows(), 2);
  await bed.deployment.up(one);
  assert.equal(await rows(), 1);
  assert.equal(await sha256(bed.path("one/file")), digest(content));
});
