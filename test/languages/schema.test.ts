import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { root } from "../support/paths.js";

test("Pulumi finds nothing wrong with schema.json, nor anything to warn of", { timeout: 60_000 }, async () => {
  const { all } = await execa("pulumi", ["schema", "check", join(root, "schema.json")], { all: true, timeout: 50_000 });
  assert.equal(all, "");
});
