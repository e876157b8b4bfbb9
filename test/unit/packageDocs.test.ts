import assert from "node:assert/strict";
import { globSync } from "node:fs";
import test from "node:test";
import { execa } from "execa";
import { packed } from "../support/packed.js";
import { root } from "../support/paths.js";

test("the published package has every page of the documentation, and not once more the programs that they show", async (t) => {
  const archive = await packed(t);
  const { stdout } = await execa("tar", ["--list", "--file", archive], { timeout: 10_000 });
  const docs = stdout.split("\n").filter((path) => path.startsWith("package/docs/"));
  const pages = globSync("docs/**/*.md", { cwd: root }).map((path) => `package/${path}`);
  assert.deepEqual(docs.sort(), pages.sort());
});
