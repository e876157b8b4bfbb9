import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { reportSchema } from "../../provider/doctor/report.js";
import { packed } from "../support/packed.js";

const require = createRequire(import.meta.url);

test("installed from the archive, `npx pulumi-blockbox doctor` runs with nothing but what the package brings along", {
  timeout: 150_000,
}, async (t) => {
  const archive = await packed(t);
  const folder = mkdtempSync(join(tmpdir(), "bbt-installed-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ dependencies: { "pulumi-blockbox": `file:${archive}` } }),
  );
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lockOf(archive)));
  const npm = (...args: string[]) => execa("npm", args, { cwd: folder, stdin: "ignore", timeout: 120_000 });
  // What this checkout was installed with is in npm's cache, unless somebody cleaned it.
  await npm("ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund");
  const { stdout } = await npm("exec", "--offline", "--", "pulumi-blockbox", "doctor", "lvm", "--json");
  const { usable, version, services } = reportSchema.parse(JSON.parse(stdout));
  assert.deepEqual([usable, version, services.length], [true, own.version, 1]);
  for (const option of ["--version", "--help"]) {
    const { stdout: text } = await npm("exec", "--offline", "--", "pulumi-blockbox", option);
    assert.match(text, option === "--help" ? /^Usage: pulumi-blockbox doctor/ : new RegExp(`^${own.version}$`));
  }
});

const own = require("../../package.json") as { version: string };

/** A lock file of a program that has this package alone: its dependencies as this checkout has them. */
function lockOf(archive: string): object {
  const { packages } = require("../../package-lock.json") as {
    packages: Record<string, { dev?: true; link?: true; [key: string]: unknown }>;
  };
  const { dependencies, bin, engines } = packages[""] ?? {};
  const brought = Object.entries(packages).filter(
    ([path, { dev, link }]) => path.startsWith("node_modules/") && !dev && !link,
  );
  return {
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { dependencies: { "pulumi-blockbox": `file:${archive}` } },
      "node_modules/pulumi-blockbox": {
        version: own.version,
        resolved: `file:${archive}`,
        ...{ dependencies, bin, engines },
      },
      ...Object.fromEntries(brought),
    },
  };
}
