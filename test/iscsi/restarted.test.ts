import assert from "node:assert/strict";
import { test } from "node:test";
import { ops } from "../support/cinder/converge.js";
import { assertNothingHere, helpers, iscsiCinder, leftHere, makeIscsiBed } from "../support/cinder/iscsiBed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import type { Program } from "../support/deployment.js";
import { startWriter } from "../support/writer.js";

const cinder = iscsiCinder();

test("every process of Cinder's is killed and started again: what is attached goes on, and nothing is to be done", async (t) => {
  const bed = makeIscsiBed(cinder());
  await bed.deployment.keep();
  t.after(async () => {
    await bed.deployment.destroy().finally(() => bed.deployment.release());
    assertNothingHere("after the destroy");
  });
  const base = (size: number): Program =>
    helpers.flatMap((helper) => [bed.pool(helper), bed.volume(`${helper}-data`, helper, { size })]);
  const program = (size = 1): Program => [
    ...base(size),
    ...helpers.map((helper) => bed.attachment(`${helper}-disk`, `${helper}-data`, { size })),
  ];
  const file = (helper: string, name: string) => bed.path(`${helper}-disk/${name}`);
  const content = pattern("restarted", 2 ** 20);
  const assertContent = async () => {
    for (const helper of helpers) assert.equal(await sha256(file(helper, "file")), digest(content), helper);
  };
  const assertNothingToDo = async () => {
    const all = Object.values(ops(await bed.deployment.preview(program())));
    assert.deepEqual(new Set(all), new Set(["same"]));
  };

  await bed.deployment.up(program());
  for (const helper of helpers) await writeThrough(file(helper, "file"), content);
  const writers = helpers.map((helper) => ({ helper, writer: startWriter(file(helper, "meanwhile")) }));
  await cinder().rig.restart?.("SIGKILL");
  for (const { helper, writer } of writers) {
    const written = await writer.stop();
    assert.equal(await sha256(file(helper, "meanwhile")), written.digest, helper);
  }
  await assertNothingToDo();
  assert.deepEqual(await bed.deployment.refresh(), []);
  await assertNothingToDo();

  await bed.deployment.up(program(2));
  await assertContent();
  await bed.deployment.up(base(2));
  assertNothingHere("detached");
  await bed.deployment.up(program(2));
  await assertContent();
  assert.equal(leftHere().sessions.length, helpers.length);
});
