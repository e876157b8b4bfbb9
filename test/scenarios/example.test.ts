import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { removeImage } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { root } from "../support/paths.js";
import { Project } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

const bytes = pattern("example", 1024 * 1024 + 1);

test("examples/single-host: up, up again, grow, destroy", { timeout: 180_000 }, async (t) => {
  const text = await readFile(join(root, "examples/single-host/index.ts"), "utf8");
  const project = await Project.make(t, "example", { entry: { file: "index.ts", text } });
  const earlier = await snapshot(project.data(""));
  const config = (key: string, value: string) => project.ok("config", "set", "--stack", project.stack, key, value);
  await config("path", project.data("mnt"));
  const outputs = async () =>
    JSON.parse(await project.ok("stack", "output", "--json", "--stack", project.stack)) as Record<string, unknown>;

  await project.okUp();
  const made = await outputs();
  assert.match(String(made.device), /^\/dev\/loop\d+$/);
  assert.equal(made.mountPoint, project.data("mnt"));
  assert.equal(made.sizeGib, 1);
  assert.match(String(made.spareVolume), /\/volume-[0-9a-f-]{36}$/);
  const { outputs: pool } = await project.resource("pool");
  const { path } = (pool.lvm as { loopFile: { path: string } }).loopFile;
  t.after(() => removeImage(path, String(pool.volumeGroup)));
  assert.ok(existsSync(path));
  const file = join(project.data("mnt"), "file");
  await writeThrough(file, bytes);
  await project.expectNoChanges();

  await config("sizeGib", "2");
  const grown = await project.okUp();
  assert.match(grown, /2 updated/);
  assert.deepEqual(await outputs(), { ...made, sizeGib: 2 });
  assert.equal(await sha256(file), digest(bytes));
  await project.expectNoChanges();

  const { code, output } = await project.destroy("--skip-preview");
  assert.equal(code, 0, output);
  assert.equal(existsSync(path), false);
  assert.deepEqual(await snapshot(project.data("")), earlier);
});
