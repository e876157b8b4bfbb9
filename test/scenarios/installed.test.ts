import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { reportSchema } from "../../provider/doctor/report.js";
import { packed } from "../support/packed.js";
import { Project } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

const require = createRequire(import.meta.url);

test("installed from the archive, the package does what it says, with nothing but what it brings along", {
  timeout: 300_000,
}, async (t) => {
  const archive = await packed(t);
  const project = await Project.make(t, "installed");
  await rm(join(project.dir, "node_modules"), { recursive: true });
  const manifest = { main: "index.js", dependencies: { "pulumi-blockbox": `file:${archive}` } };
  await project.write("package.json", JSON.stringify(manifest));
  await project.write("package-lock.json", JSON.stringify(lockOf(archive)));
  const npm = (...args: string[]) => execa("npm", args, { cwd: project.dir, stdin: "ignore", timeout: 120_000 });
  // What this checkout was installed with is in npm's cache, unless somebody cleaned it.
  await npm("ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund");

  await t.test("`npx pulumi-blockbox doctor` tells what this host can do", async () => {
    const { stdout } = await npm("exec", "--offline", "--", "pulumi-blockbox", "doctor", "lvm", "--json");
    const { usable, version, services } = reportSchema.parse(JSON.parse(stdout));
    assert.deepEqual([usable, version, services.length], [true, own.version, 1]);
    for (const option of ["--version", "--help"]) {
      const { stdout: text } = await npm("exec", "--offline", "--", "pulumi-blockbox", option);
      assert.match(text, option === "--help" ? /^Usage: pulumi-blockbox doctor/ : new RegExp(`^${own.version}$`));
    }
  });

  await t.test(
    "a program makes volumes by dynamic resources, and goes on with the plugin that came along",
    async () => {
      const earlier = await snapshot(project.data(""));
      const loopFile = { path: project.data("pool.img"), size: 3, sparse: true };
      project.program = [
        { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
        { kind: "Volume", name: "data", args: { backend: { idOf: "pool" }, size: 1 } },
        {
          kind: "Attachment",
          name: "disk",
          args: { volume: { idOf: "data" }, size: 1, mount: { path: project.data("disk") } },
        },
      ];
      await project.okUp("--skip-preview");
      project.door = "plugin";
      await project.ok("preview", "--stack", project.stack, "--expect-no-changes");
      await project.okUp("--skip-preview");
      await project.expectNoChanges();
      const plugin = join(project.dir, "node_modules/.bin/pulumi-resource-blockbox");
      const schema = JSON.parse(await project.ok("package", "get-schema", plugin)) as { resources: object };
      assert.deepEqual(Object.keys(schema.resources).sort(), Object.keys(ownSchema.resources).sort());
      const { code, output } = await project.destroy("--skip-preview");
      assert.equal(code, 0, output);
      assert.deepEqual(await snapshot(project.data("")), earlier);
    },
  );
});

const own = require("../../package.json") as { version: string };
const ownSchema = require("../../schema.json") as { resources: object };

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
