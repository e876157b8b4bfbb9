import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Bed, makeBed, sharedLifetime } from "../support/bed.js";
import { CheckFailed, type Declared, UNKNOWN } from "../support/deployment.js";
import type { Props } from "../support/rpc.js";

/** Each has an unknown value where a preview may have one, also where a number, a list or a map is expected. */
const cases: [name: string, kind: Declared["kind"], inputs: Props][] = [
  ["a Backend's name", "Backend", { name: UNKNOWN }],
  ["lvm", "Backend", { lvm: UNKNOWN }],
  ["a group's name", "Backend", { lvm: { volumeGroup: UNKNOWN } }],
  ["a loop file", "Backend", { lvm: { loopFile: UNKNOWN } }],
  ["a loop file's path", "Backend", { lvm: { loopFile: { path: UNKNOWN } } }],
  ["a loop file's size", "Backend", { lvm: { loopFile: { size: UNKNOWN } } }],
  ["sparse", "Backend", { lvm: { loopFile: { sparse: UNKNOWN } } }],
  ["the way of clearing", "Backend", { lvm: { volumeClear: UNKNOWN } }],
  ["a volume's backend", "Volume", { backend: UNKNOWN, size: 1 }],
  ["a volume's size", "Volume", { backend: UNKNOWN, size: UNKNOWN }],
  ["a volume's name", "Volume", { backend: UNKNOWN, size: 1, name: UNKNOWN }],
  ["a description", "Volume", { backend: UNKNOWN, size: 1, description: UNKNOWN }],
  ["metadata", "Volume", { backend: UNKNOWN, size: 1, metadata: UNKNOWN }],
  ["a value of metadata", "Volume", { backend: UNKNOWN, size: 1, metadata: { tier: UNKNOWN, owner: "us" } }],
  ["an attachment's volume", "Attachment", { volume: UNKNOWN }],
  ["an attachment's size", "Attachment", { volume: UNKNOWN, size: UNKNOWN }],
  ["mode", "Attachment", { volume: UNKNOWN, mode: UNKNOWN }],
  ["mount", "Attachment", { volume: UNKNOWN, mount: UNKNOWN }],
  ["a mount path", "Attachment", { volume: UNKNOWN, mount: { path: UNKNOWN } }],
  ["a file system type", "Attachment", { volume: UNKNOWN, mount: { path: "/mnt/bbt", fsType: UNKNOWN } }],
  ["a format policy", "Attachment", { volume: UNKNOWN, mount: { path: "/mnt/bbt", format: UNKNOWN } }],
  ["mount options", "Attachment", { volume: UNKNOWN, mount: { path: "/mnt/bbt", options: UNKNOWN } }],
  ["one mount option", "Attachment", { volume: UNKNOWN, mount: { path: "/mnt/bbt", options: ["noatime", UNKNOWN] } }],
];

/** Whether every given value is in what check answered, unchanged. */
function assertWithin(given: unknown, answered: unknown, path = "inputs"): void {
  if (typeof given !== "object" || given === null) assert.equal(answered, given, path);
  else
    for (const [key, value] of Object.entries(given))
      assertWithin(value, (answered as Props | undefined)?.[key], `${path}.${key}`);
}

describe("unknown values pass through untouched", () => {
  let bed: Bed;
  const lifetime = sharedLifetime();
  before(async () => {
    bed = await makeBed(lifetime, "unknown");
  });
  after(() => lifetime.end());

  test("in every property, of a resource still to be made", async (t) => {
    const { deployment } = bed;
    await deployment.withProvider(async (provider) => {
      for (const [name, kind, inputs] of cases) {
        await t.test(name, async () => {
          const news = {
            ...inputs,
            ...deployment.hidden({ kind, name: "later", ...(kind === "Volume" ? { backend: "pool" } : {}) }),
          };
          const checked = await provider.check({}, news);
          assert.deepEqual(checked.failures, []);
          assertWithin(news, checked.inputs);
        });
      }
    });
    assert.equal(deployment.stderr, "");
  });

  test("what is known is checked all the same", async () => {
    await bed.deployment.withProvider(async (provider) => {
      const check = (kind: Declared["kind"], inputs: Props) =>
        provider.check({}, { ...inputs, ...bed.deployment.hidden({ kind, name: "later" }) });
      const { failures } = await check("Volume", {
        backend: UNKNOWN,
        size: 1.5,
        metadata: { tier: UNKNOWN, owner: 1 },
      });
      assert.deepEqual(failures.map(({ property }) => property).sort(), ["metadata.owner", "size"]);
      const options = await check("Attachment", {
        volume: UNKNOWN,
        mount: { path: "/mnt/bbt", options: [UNKNOWN, "a,b"] },
      });
      assert.equal(options.failures.length, 1);
      assert.match(options.failures[0]?.property ?? "", /^mount\.options/);
    });
  });

  test("a copy of what is still to be made is refused where nothing can be copied", async () => {
    const copy = bed.volume("copy", { sourceVolumeId: UNKNOWN });
    await assert.rejects(
      bed.deployment.preview([bed.backend({ lvm: { activation: "loop" } }), bed.volume("data", { size: 1 }), copy]),
      (error) =>
        error instanceof CheckFailed &&
        error.failures.some(
          ({ property, reason }) => property === "sourceVolumeId" && /needs device-mapper/.test(reason),
        ),
    );
  });

  test("an unknown change of what exists is a change, and no more", async () => {
    const program = [bed.backend(), bed.volume("data", { size: 1 }), bed.attachment("disk", "data")];
    await bed.deployment.up(program);
    try {
      const later = [
        bed.backend(),
        bed.volume("data", { size: UNKNOWN, name: UNKNOWN }),
        bed.attachment("disk", "data", { size: UNKNOWN }),
      ];
      const steps = await bed.deployment.preview(later);
      assert.deepEqual(
        steps.map(({ op }) => op),
        ["same", "update", "update"],
      );
    } finally {
      await bed.deployment.destroy();
    }
  });
});
