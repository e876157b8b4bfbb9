import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { ops, refused } from "../../support/cinder/converge.js";
import type { Deployment, Program } from "../../support/deployment.js";
import { others } from "./badInput/others.js";
import { volumes } from "./badInput/volumes.js";

/** What a message to a user never has. */
const unfriendly = /\n\s+at |Error:|\bundefined\b|\[object|\bNaN\b/;

const bed = cinderBed({ backends: ["faults"] });

const existing: Program = [
  { kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: "faults" } } },
  { kind: "Volume", name: "data", backend: "pool", inputs: (ref) => ({ backend: ref("pool"), size: 1 }) },
];

describe("bad input for Cinder fails in the preview, by its property, and nothing is written", () => {
  let deployment: Deployment;
  before(async () => {
    deployment = bed().deployment();
    await deployment.up(existing);
    bed().proxy.journal.clear();
    await deployment.keep();
  });
  after(async () => {
    await deployment.release();
    await deployment.destroy();
  });

  for (const { name, bad, property, says } of [...volumes, ...others]) {
    it(name, async () => {
      const state = structuredClone([...deployment.state]);
      const failures = await refused(deployment.preview([...existing, bad]));
      for (const { reason } of failures) assert.doesNotMatch(reason, unfriendly);
      const failure = failures.find((one) => one.property === property);
      assert.ok(failure, `no failure names ${property}: ${JSON.stringify(failures)}`);
      assert.match(failure.reason, says);
      assert.deepEqual(bed().proxy.journal.writes(), []);
      assert.deepEqual([...deployment.state], state);
    });
  }

  it("what exists is still as it was, and no stack was printed", async () => {
    assert.deepEqual(ops(await deployment.preview(existing)), { pool: "same", data: "same" });
    await deployment.release();
    assert.doesNotMatch(deployment.stderr, /^\s+at /m);
  });
});
