import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { type Bed, makeBed, sharedLifetime } from "../support/bed.js";
import { CheckFailed } from "../support/deployment.js";
import { foreignGroup } from "../support/foreign.js";
import { CallError } from "../support/rpc.js";
import { command } from "../support/system.js";
import { attachments } from "./badInput/attachments.js";
import { backends, backendsByKernel } from "./badInput/backends.js";
import { type BadInput, existing } from "./badInput/case.js";
import { volumes, volumesByKernel } from "./badInput/volumes.js";

/** What a message to a user never has. */
const unfriendly = /\n\s+at |Error:|\bundefined\b|\[object|\bNaN\b/;

let bed: Bed;
const lifetime = sharedLifetime();

/** What the failed preview said: the property's path and the sentence about it. */
async function failureOf({ program, byDiff = false }: BadInput): Promise<{ property: string; reason: string }[]> {
  try {
    await bed.deployment.preview(program(bed));
  } catch (error) {
    if (error instanceof CheckFailed && !byDiff) return [...error.failures];
    if (error instanceof CallError && byDiff) {
      assert.equal(error.method, "diff");
      assert.equal(error.init, undefined);
      return [{ property: error.message, reason: error.message }];
    }
    throw error;
  }
  return [];
}

describe("bad input fails in the preview and changes nothing", () => {
  before(async () => {
    bed = await makeBed(lifetime, "bad");
    await writeFile(bed.path("foreign.img"), "somebody's own data");
    await writeFile(bed.path("ext4.img"), "");
    await command("truncate", "-s", "16M", bed.path("ext4.img"));
    await command("mkfs.ext4", "-q", bed.path("ext4.img"));
    await mkdir(bed.path("full"));
    await writeFile(bed.path("full/file"), "somebody's own data");
    await mkdir(bed.path("busy"));
    await command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", bed.path("busy"));
    await foreignGroup(bed.path("foreign-pv.img"), `${bed.group}-foreign`);
    await bed.deployment.up(existing(bed));
  });
  after(async () => {
    try {
      await bed.deployment.release();
      await bed.deployment.destroy();
    } finally {
      await lifetime.end();
    }
  });

  for (const bad of [...backends, ...backendsByKernel, ...volumes, ...volumesByKernel, ...attachments]) {
    test(bad.name, async () => {
      // what a preview has planned stays with its process: a case that counts on it has one of its own
      await (bad.plans ? bed.deployment.release() : bed.deployment.keep());
      const state = structuredClone([...bed.deployment.state]);
      const earlier = await bed.snapshot();
      const failures = await failureOf(bad);
      assert.ok(failures.length > 0, "the preview found nothing wrong");
      for (const { reason } of failures) assert.doesNotMatch(reason, unfriendly);
      const failure = failures.find(({ property }) => bad.property.test(property));
      assert.ok(failure, `no failure names ${bad.property}: ${JSON.stringify(failures)}`);
      assert.match(failure.reason, bad.says);
      assert.deepEqual(await bed.snapshot(), earlier);
      assert.deepEqual([...bed.deployment.state], state);
    });
  }

  test("what exists is still unchanged, and no stack was printed", async () => {
    await bed.deployment.release();
    assert.doesNotMatch(bed.deployment.stderr, /^\s+at /m);
    const steps = await bed.deployment.preview(existing(bed));
    assert.deepEqual(
      steps.map(({ op }) => op),
      ["same", "same", "same", "same"],
    );
  });
});
