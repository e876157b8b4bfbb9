import assert from "node:assert/strict";
import { test } from "node:test";
import { lvm } from "../../provider/services/lvm/command.js";
import { makeBed } from "../support/bed.js";
import { holdLvmLock } from "../support/lvmLock.js";

/** What this process tells its user while `body` runs. */
async function told(body: () => Promise<unknown>): Promise<string> {
  const write = process.stdout.write;
  let text = "";
  process.stdout.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof write;
  try {
    await body();
  } finally {
    process.stdout.write = write;
  }
  return text;
}

test("while another program holds lvm's lock of the group, it is waited for, and who that is is said once", async (t) => {
  const bed = await makeBed(t, "lvmlock");
  await bed.deployment.up([bed.backend()]);
  const holder = await holdLvmLock(t, bed.group, 7);
  const text = await told(() => lvm(["vgchange", "--addtag", "a", bed.group]));
  assert.equal(text, `waiting for lvm's lock /run/lock/lvm/V_${bed.group}, held by process ${holder.pid} (sleep)\n`);
  await bed.deployment.destroy();
});

test("held for too long, the error names the holder", async (t) => {
  const bed = await makeBed(t, "lvmheld");
  await bed.deployment.up([bed.backend()]);
  const holder = await holdLvmLock(t, bed.group, 60);
  const text = await told(() =>
    assert.rejects(lvm(["vgchange", "--addtag", "a", bed.group], { timeoutMs: 3_000 }), {
      code: "LOCK_HELD",
      message: new RegExp(
        `^\`lvm vgchange\` waited in vain for lvm's lock .*V_${bed.group}, held by process ${holder.pid} `,
      ),
    }),
  );
  assert.match(text, /^waiting for/);
  holder.kill();
  await bed.deployment.destroy();
});
