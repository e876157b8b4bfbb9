import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertNothingHere,
  changed,
  type Info,
  iscsiCinder,
  leftHere,
  makeIscsiBed,
} from "../support/cinder/iscsiBed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { command } from "../support/system.js";

const cinder = iscsiCinder();

const tgtadm = (...args: string[]) => command("tgtadm", "--lld", "iscsi", ...args);

test("two volumes of one target share its session, which stays until the last of them goes", async (t) => {
  const bed = makeIscsiBed(cinder());
  t.after(async () => {
    cinder().proxy.mend();
    await bed.deployment.destroy();
    assertNothingHere("after the destroy");
  });
  const base = [bed.pool("tgt"), bed.volume("one", "tgt"), bed.volume("two", "tgt")];
  const first = [...base, bed.attachment("first", "one")];
  await bed.deployment.up(first);
  const [, attachment = ""] = bed.deployment.get("first").id.split("/");
  const { body } = await cinder().rig.call("GET", `/attachments/${attachment}`);
  const { connection_info: info } = (body as { attachment: { connection_info: Info } }).attachment;

  // As drivers do that have one target for all: Cinder's answers name the other volume's, with a LUN of its own.
  const { id: other } = bed.deployment.get("two");
  const shown = await tgtadm("--op", "show", "--mode", "target");
  const tid = [...shown.matchAll(/Target (\d+): (\S+)/g)].find(([, , iqn]) => iqn === info.target_iqn)?.[1] ?? "";
  const lun = ["--mode", "logicalunit", "--tid", tid, "--lun", "2"];
  await tgtadm("--op", "new", ...lun, "-b", `/dev/cinder-volumes/volume-${other}`);
  const { target_portal, target_iqn, auth_username, auth_password } = info;
  const asOfOne = changed((own) => {
    if (own.volume_id !== other) return;
    Object.assign(own, { target_portal, target_iqn, auth_username, auth_password, target_lun: 2 });
  });
  cinder().proxy.break({ path: /\/attachments(\/[^/]+)?$/, fault: { kind: "change", change: asOfOne } });

  await bed.deployment.up([...first, bed.attachment("second", "two")]);
  assert.deepEqual([leftHere().sessions.length, leftHere().disks.length], [1, 2]);
  await bed.deployment.up(first);
  assert.deepEqual([leftHere().sessions.length, leftHere().disks.length], [1, 1]);
  const content = pattern("shared", 2 ** 20);
  await writeThrough(bed.path("first/file"), content);
  assert.equal(await sha256(bed.path("first/file")), digest(content));
  await tgtadm("--op", "delete", ...lun);
});
