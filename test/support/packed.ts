import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { root } from "./paths.js";

/** The package as it would be published, in a folder of its own. */
export async function packed(t: { after(body: () => void): void }): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "bbt-package-"));
  t.after(() => rmSync(folder, { recursive: true }));
  await execa("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: root,
    stdin: "ignore",
    timeout: 60_000,
  });
  const [archive] = readdirSync(folder);
  assert.ok(archive);
  return join(folder, archive);
}
