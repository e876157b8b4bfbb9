import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bed, makeBed } from "../support/bed.js";
import { CheckFailed, type Program } from "../support/deployment.js";
import { CallError } from "../support/rpc.js";

const programOf = (bed: Bed): Program => [
  bed.backend(),
  bed.volume("data", { size: 1 }),
  bed.attachment("disk", "data"),
];

/** Each is a program that the host lacks, and what the preview of a whole new stack says then. */
const cases: { tool: string; resource: string; property: string; apt: string }[] = [
  { tool: "mkfs.ext4", resource: "disk", property: "mount.fsType", apt: "e2fsprogs" },
  { tool: "resize2fs", resource: "disk", property: "mount.fsType", apt: "e2fsprogs" },
  { tool: "lvm", resource: "pool", property: "lvm", apt: "lvm2" },
  { tool: "blkdiscard", resource: "pool", property: "lvm", apt: "util-linux" },
  { tool: "perl", resource: "pool", property: "lvm", apt: "perl-base" },
];

for (const { tool, resource, property, apt } of cases) {
  test(`without ${tool} the preview names ${property}, the program and \`apt-get install ${apt}\``, async (t) => {
    const bed = await makeBed(t, "lacks");
    const earlier = await bed.snapshot();
    bed.deployment.lacks = [tool];
    await assert.rejects(bed.deployment.preview(programOf(bed)), (error: unknown) => {
      assert.ok(error instanceof CheckFailed, String(error));
      assert.equal(error.resource, resource);
      const said = error.failures.filter(({ reason }) => reason.includes(tool));
      assert.equal(said.length, 1, String(error));
      assert.equal(said[0]?.property, property);
      assert.ok(said[0].reason.includes(`needs the program ${tool}, which this host lacks`), said[0].reason);
      assert.ok(said[0].reason.includes(`\`apt-get install ${apt}\``), said[0].reason);
      return true;
    });
    assert.deepEqual(await bed.snapshot(), earlier);
  });
}

test("an attachment without a mount needs no mkfs", async (t) => {
  const bed = await makeBed(t, "device");
  bed.deployment.lacks = ["mkfs.ext4", "resize2fs", "e2fsck"];
  const program = [...programOf(bed).slice(0, 2), bed.attachment("disk", "data", { mount: undefined })];
  assert.deepEqual(
    (await bed.deployment.preview(program)).map(({ op }) => op),
    ["create", "create", "create"],
  );
});

test("a host that has lost lvm since: nothing leaves the state, and the program to install is named", async (t) => {
  const bed = await makeBed(t, "lost");
  await bed.deployment.up(programOf(bed).slice(0, 2));
  const earlier = await bed.snapshot();
  bed.deployment.lacks = ["lvm"];
  const named = (method: string) => (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.equal(error.method, method);
    assert.match(error.message, /`lvm`.*`apt-get install lvm2`.*\[TOOL_MISSING\]/);
    assert.doesNotMatch(error.message, /\n\s+at /);
    return true;
  };
  await assert.rejects(bed.deployment.refresh(), named("read"));
  await assert.rejects(bed.deployment.destroy(), named("delete"));
  assert.deepEqual([...bed.deployment.state.keys()], ["pool", "data"]);
  assert.deepEqual(await bed.snapshot(), earlier);
  bed.deployment.lacks = [];
  await bed.deployment.destroy();
});
