import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { pattern, readBytes } from "../support/content.js";
import { CheckFailed } from "../support/deployment.js";
import { CallError } from "../support/rpc.js";

const mib = 1024 ** 2;

test("a pool that runs full gives its writers errors at once, keeps what they wrote, takes nothing new, and is healed by growing", async (t) => {
  const bed = await makeBed(t, "full");
  const program = (file: number, more: ReturnType<typeof bed.volume>[] = [], size = 3) => [
    bed.backend({ size: file, lvm: { thinPool: { maxOverSubscriptionRatio: 9 } } }),
    bed.volume("data", { size }),
    bed.attachment("disk", "data", { mount: undefined }),
    ...more,
  ];
  await bed.deployment.up(program(2));
  const device = String(bed.deployment.get("disk").outputs.devicePath);
  const block = pattern("block", 16 * mib);
  const file = await open(device, "r+");
  let written = 0;
  const began = performance.now();
  try {
    for (; written < 3 * 1024 * mib; written += block.length) {
      await file.write(block, 0, block.length, written);
      await file.datasync();
    }
    assert.fail("the pool took more than it has");
  } catch (error) {
    assert.match(String((error as NodeJS.ErrnoException).code), /ENOSPC|EIO/);
  } finally {
    await file.close().catch(() => undefined);
  }
  t.diagnostic(`error after ${written / mib} MiB and ${Math.round(performance.now() - began)} ms`);
  assert.ok(written > 1700 * mib);
  for (const at of [0, written / 2 - ((written / 2) % block.length), written - block.length])
    assert.ok((await readBytes(device, at, block.length)).equals(block), `what was synced at ${at} is lost`);

  const full = (error: unknown) => {
    assert.ok(error instanceof CheckFailed || error instanceof CallError, String(error));
    assert.match(
      error.message,
      /size.* has used \d+ % of its data, and from 95 % on nothing new is made in it\. Let lvm\.loopFile/,
    );
    return true;
  };
  await assert.rejects(bed.deployment.preview(program(2, [bed.volume("more", { size: 1 })])), full);
  await assert.rejects(bed.deployment.preview(program(2, [], 4)), full);
  await assert.rejects(
    bed.deployment.withProvider((provider) =>
      provider.create({
        ...{ backend: `lvm:${bed.group}`, size: 1, name: "late", metadata: {} },
        ...bed.deployment.hidden({ kind: "Volume", name: "late", backend: "pool" }),
      }),
    ),
    /has used \d+ % of its data/,
  );

  // Together with the growth of the Backend it is accepted.
  await bed.deployment.up(program(4, [bed.volume("more", { size: 1 })], 4));
  const healed = await open(device, "r+");
  await healed.write(block, 0, block.length, written);
  await healed.datasync();
  await healed.close();
  assert.ok((await readBytes(device, written, block.length)).equals(block));
  assert.ok((await readBytes(device, 0, block.length)).equals(block));
  await bed.deployment.destroy();
});
