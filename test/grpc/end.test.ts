import assert from "node:assert/strict";
import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { makeBed } from "../support/bed.js";
import { Deployment } from "../support/deployment.js";
import { hold } from "../support/held.js";
import { makeProgramDir } from "../support/programDir.js";
import { endsWithin, startProvider } from "../support/provider.js";
import type { Props } from "../support/rpc.js";
import { logicalVolumes } from "../support/system.js";

/** Processes that run in a folder. */
async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    const cwd = /^\d+$/.test(pid) ? await readlink(`/proc/${pid}/cwd`).catch(() => "") : "";
    if (cwd === folder) found.push(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => pid));
  }
  return found;
}

for (const launcher of [false, true]) {
  test(`within 5 s of the engine's death no ${launcher ? "launcher or " : ""}provider process is left`, async () => {
    const deployment = new Deployment();
    const cwd = await makeProgramDir();
    const provider = await startProvider({ cwd, launcher });
    try {
      // the watch begins with the first call, when the provider's code is loaded
      const { failures } = await provider.check(
        {},
        { size: 1, ...deployment.hidden({ kind: "Volume", name: "data" }) },
      );
      assert.ok(failures.length > 0);
      await sleep(1_500);
      assert.equal(await endsWithin(provider.exited, 0), false, "it ended while its engine lived");
      await provider.engine.die();
      assert.ok(await endsWithin(provider.exited, 5_000), "the provider outlives its engine");
      for (let tries = 0; tries < 20 && (await processesIn(cwd)).length > 0; tries += 1) await sleep(50);
      assert.deepEqual(await processesIn(cwd), []);
    } finally {
      await provider.stop();
      await rm(cwd, { recursive: true, force: true });
    }
  });
}

test("when the engine dies, a child that holds the lock ends by itself, and the next run waits for it", async (t) => {
  const bed = await makeBed(t, "child");
  await bed.deployment.up([bed.backend()]);
  const child = await hold(bed.dir, "blkdiscard");
  bed.deployment.env = { PATH: child.path };
  const inputs: Props = { backend: `lvm:${bed.group}`, size: 1 };
  await bed.deployment.withProvider(async (provider) => {
    const { inputs: checked } = await provider.check(
      {},
      { ...inputs, ...bed.deployment.hidden({ kind: "Volume", name: "data" }) },
    );
    const creating = provider.create(checked).catch(() => "cut short");
    await child.untilHeld();
    await provider.engine.die();
    assert.ok(await endsWithin(provider.exited, 5_000), "the provider outlives its engine");
    assert.equal(await creating, "cut short");
    assert.ok(child.isHeld(), "the child went with its provider");
  });
  bed.deployment.env = {};
  const program = [bed.backend(), bed.volume("data", { size: 1 })];
  await bed.deployment.withProvider(async (provider) => {
    const running = bed.deployment.up(program);
    running.catch(() => undefined);
    await provider.says(/^waiting for the lock of vg-/m);
    assert.ok(child.isHeld(), "the child did not live as long as it was held");
    await child.letGo("work");
    await running;
  });
  assert.equal((await logicalVolumes(bed.group)).length, 1);
  await bed.deployment.destroy();
});
