import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { languages, writeSdk } from "../../tools/steps/sdks.mjs";
import { root } from "../support/paths.js";

/** Files of a folder, by their paths in it. */
function filesIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes("__pycache__"));
  return Object.fromEntries(paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]));
}

for (const language of languages) {
  test(`sdk/${language} is in step with schema.json (npm run sdks)`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "bbt-sdk-"));
    t.after(() => rmSync(folder, { recursive: true }));
    await writeSdk(language, folder, process.env);
    assert.deepEqual(filesIn(join(root, "sdk", language)), filesIn(folder));
  });
}
