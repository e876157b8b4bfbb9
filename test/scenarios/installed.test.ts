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
  const manifest = { dependencies: { "pulumi-blockbox": `file:${archive}` }, devDependencies: { typescript } };
  await project.write("package.json", JSON.stringify({ main: "index.js", ...manifest }));
  await project.write("package-lock.json", JSON.stringify(lockOf(manifest)));
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

  await t.test("a program in TypeScript as Pulumi's template has it", async () => {
    await project.write("index.ts", typed);
    await project.write("tsconfig.json", JSON.stringify({ compilerOptions: templateOptions, files: ["index.ts"] }));
    await project.write("package.json", JSON.stringify({ main: "index.ts", ...manifest }));
    await project.write("Pulumi.yaml", `name: ${project.project}\nruntime: nodejs\n`);
    Object.assign(project.env, { BBT_GROUP: project.group, BBT_FILE: project.data("pool.img") });
    await project.okUp("--skip-preview");
    assert.equal(await project.ok("stack", "output", "size", "--stack", project.stack), "1\n");
    await project.expectNoChanges();
    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
  });
});

/** As `pulumi new typescript` writes it, for this compiler. */
const typescript = "5.9.3";
const templateOptions = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  module: "commonjs",
  moduleResolution: "node",
  sourceMap: true,
  experimentalDecorators: true,
  pretty: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
};

const typed = `import * as blockbox from "pulumi-blockbox";

declare const process: { env: { [name: string]: string | undefined } };
const { BBT_GROUP: volumeGroup, BBT_FILE: path = "" } = process.env;

const pool = new blockbox.Backend("pool", { lvm: { volumeGroup, loopFile: { path, size: 3, sparse: true } } });
const data = new blockbox.Volume("data", { backend: pool, size: 1, metadata: { tier: "gold" } });
export const size = data.size;
`;

const own = require("../../package.json") as { version: string };
const ownSchema = require("../../schema.json") as { resources: object };

/** A lock file of a program that has this package and a compiler: their dependencies as this checkout has them. */
function lockOf(manifest: { dependencies: Record<string, string>; devDependencies: object }): object {
  const { packages } = require("../../package-lock.json") as {
    packages: Record<string, { dev?: true; link?: true; [key: string]: unknown }>;
  };
  const { dependencies, bin, engines } = packages[""] ?? {};
  const brought = Object.entries(packages).filter(
    ([path, { dev, link }]) => path.startsWith("node_modules/") && !dev && !link,
  );
  const { version, resolved, integrity } = packages["node_modules/typescript5"] ?? {};
  return {
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": manifest,
      "node_modules/pulumi-blockbox": {
        version: own.version,
        resolved: manifest.dependencies["pulumi-blockbox"],
        ...{ dependencies, bin, engines },
      },
      ...Object.fromEntries(brought),
      "node_modules/typescript": { version, resolved, integrity },
    },
  };
}
