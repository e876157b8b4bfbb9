import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { within } from "../support/guest.js";
import { type Made, Project } from "../support/pulumi.js";
import { logicalVolumes, snapshot } from "../support/system.js";

const bytes = pattern("edits", 5 * 1024 * 1024 + 3);

interface Wishes {
  pool: number;
  size: number;
  volume: object;
  mount: object;
  path: string;
  mode: "rw" | "ro";
  more: boolean;
}

function programOf(project: Project, { pool, size, volume, mount, path, mode, more }: Wishes): Made[] {
  const loopFile = { path: project.data("pool.img"), size: pool, sparse: true };
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { ref: "pool" }, size, ...volume } },
    {
      kind: "Attachment",
      name: "disk",
      args: { volume: { ref: "data" }, mode, mount: { path: project.data(path), ...mount } },
    },
    ...(more
      ? ([
          { kind: "Volume", name: "more", args: { backend: { idOf: "pool" }, size: 1 } },
          {
            kind: "Attachment",
            name: "extra",
            args: { volume: { idOf: "more" }, mount: { path: project.data("extra") } },
          },
        ] as const)
      : []),
  ];
}

/** Each edit is made on top of those before it. `changes`: resources that the preview names, with what it would do. */
const edits: { name: string; wishes: Partial<Wishes>; changes: Record<string, string> }[] = [
  { name: "grow a volume in use", wishes: { size: 2 }, changes: { data: "update", disk: "update" } },
  { name: "rename a volume", wishes: { volume: { name: "the data" } }, changes: { data: "update" } },
  {
    name: "describe a volume",
    wishes: { volume: { name: "the data", description: "für alles", metadata: { tier: "gold" } } },
    changes: { data: "update" },
  },
  { name: "other mount options", wishes: { mount: { options: ["noatime", "nodev"] } }, changes: { disk: "update" } },
  { name: "another mount path", wishes: { path: "moved/here" }, changes: { disk: "update" } },
  { name: "a larger loop file", wishes: { pool: 7 }, changes: { pool: "update" } },
  { name: "one more volume, mounted", wishes: { more: true }, changes: { more: "create", extra: "create" } },
  { name: "and away with it", wishes: { more: false }, changes: { more: "delete", extra: "delete" } },
  {
    name: "read only, by a replacement",
    wishes: { mode: "ro", mount: { format: "never" } },
    changes: { disk: "replace" },
  },
  { name: "writable again", wishes: { mode: "rw" }, changes: { disk: "replace" } },
];

/** What the CLI says of a preview that it would do to a resource. */
function planned(output: string, name: string): string | undefined {
  const line = new RegExp(`blockbox:\\w+ +${name} +(create|update|delete|replace)`, "g");
  const words = [...output.matchAll(line)].map(([, word]) => word);
  // a replacement is told in three lines: delete original, replace, create replacement
  return words.includes("replace") ? "replace" : words.at(-1);
}

test("every edit: preview, up, nothing left to do, nothing drifted, data whole", {
  timeout: within(400_000),
}, async (t) => {
  const project = await Project.make(t, "edits");
  const earlier = await snapshot(project.data(""));
  const wishes: Wishes = { pool: 5, size: 1, volume: {}, mount: {}, path: "disk", mode: "rw", more: false };
  project.program = programOf(project, wishes);
  await project.okUp("--skip-preview");
  await writeThrough(join(project.data("disk"), "file"), bytes);

  for (const { name, wishes: edit, changes } of edits) {
    await t.test(name, async () => {
      Object.assign(wishes, edit);
      project.program = programOf(project, wishes);
      const preview = await project.preview();
      assert.equal(preview.code, 0, preview.output);
      for (const resource of ["pool", "data", "disk", "more", "extra"]) {
        assert.equal(planned(preview.output, resource), changes[resource], `${resource} in ${preview.output}`);
      }
      await project.okUp("--skip-preview");
      await project.expectNoChanges();
      assert.equal(await sha256(join(project.data(wishes.path), "file")), digest(bytes));
    });
  }

  const { outputs } = await project.resource("data");
  assert.equal(outputs.name, "the data");
  assert.equal((await stat(project.data("pool.img"))).size, 7 * 1024 ** 3);
  const volumes = (await logicalVolumes(project.group)).filter(({ lv_name: lv }) => lv?.startsWith("volume-"));
  assert.deepEqual(
    volumes.map(({ lv_size: size }) => Number(size)),
    [2 * 1024 ** 3],
  );
  const { code, output } = await project.destroy("--skip-preview");
  assert.equal(code, 0, output);
  assert.equal(existsSync(project.data("moved")), false);
  assert.deepEqual(await snapshot(project.data("")), earlier);
});
