import assert from "node:assert/strict";
import { test } from "node:test";
import { within } from "../support/guest.js";
import { type Made, Project } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

const trace = /\n\s+at |Error:|node:internal|\.js:\d+/;

test("through the CLI bad input reads well and changes nothing", { timeout: within(120_000) }, async (t) => {
  const project = await Project.make(t, "said");
  const pool = (size: unknown): Made => ({
    kind: "Backend",
    name: "pool",
    args: { lvm: { volumeGroup: project.group, loopFile: { path: project.data("pool.img"), size, sparse: true } } },
  });
  const data = (size: unknown): Made => ({ kind: "Volume", name: "data", args: { backend: { ref: "pool" }, size } });
  const refusedPreview = async (program: Made[], says: RegExp) => {
    project.program = program;
    const earlier = await snapshot(project.data(""));
    const { code, output } = await project.preview();
    assert.notEqual(code, 0, output);
    assert.match(output, says);
    assert.doesNotMatch(output, trace);
    assert.deepEqual(await snapshot(project.data("")), earlier);
  };

  await t.test("a wrong size, before anything exists", () =>
    refusedPreview(
      [pool(0)],
      /resource 'pool': property lvm\.loopFile\.size value \{.*\} has a problem: must be a whole number of GiB/,
    ),
  );
  await t.test("more than a group still to be made can hold", () =>
    refusedPreview([pool(3), data(3)], /resource 'data': property size value \{3\} has a problem: .*GiB/),
  );
  await t.test("a shrink", async () => {
    project.program = [pool(4), data(2)];
    await project.okUp("--skip-preview");
    await refusedPreview(
      [pool(4), data(1)],
      /resource 'data': property size value \{1\} has a problem: cannot shrink from 2 to 1 GiB/,
    );
  });
  await t.test("growth that has no room, which only the existing group can tell", () =>
    refusedPreview([pool(4), data(4)], /property size has a problem: .*GiB/),
  );
  const { code, output } = await project.destroy("--skip-preview");
  assert.equal(code, 0, output);
});
