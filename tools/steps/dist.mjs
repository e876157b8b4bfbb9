import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { root } from "../lib/places.mjs";
import { quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { makeWhole } from "../lib/whole.mjs";
import { lockDigest } from "./npmPackages.mjs";

const dist = join(root, "dist");

/**
 * Compiles provider/ and sdk/ where dist/ is not of these sources. What does not compile leaves dist/ as it was.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function buildDist(env) {
  const wanted = sourcesDigest();
  const stamp = join(dist, ".sources");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted)
    await step("dist: compiling", () =>
      makeWhole(dist, (folder) => compile(folder, wanted, env), join(root, "node_modules")),
    );
  linkPrograms();
}

/** For `npx` in this checkout, as npm does for a package that it installs: here it comes too early, before there is a dist/. */
function linkPrograms() {
  const folder = join(root, "node_modules/.bin");
  for (const [name, program] of Object.entries(programs())) {
    const [link, target] = [join(folder, name), join("../..", program)];
    if (existsSync(link) && readlinkSync(link) === target) continue;
    rmSync(link, { force: true });
    symlinkSync(target, link);
  }
}

/**
 * @param {string} folder
 * @param {string} stamped
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function compile(folder, stamped, env) {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  /** @type {readonly [project: string, into: string, what: string][]} */
  const projects = [
    [root, folder, "provider/ and sdk/nodejs/"],
    [join(root, "sdk/tsconfig.plugin.json"), join(folder, "sdk/plugin"), "sdk/plugin/"],
  ];
  await Promise.all(
    projects.map(([project, into, what]) =>
      quiet("node", [tsc, "--project", project, "--outDir", into], {
        ...{ cwd: root, env, timeoutMs: 5 * 60_000 },
        what: `compile ${what}`,
      }),
    ),
  );
  // It says that they are CommonJS.
  copyFileSync(join(root, "sdk/plugin/package.json"), join(folder, "sdk/plugin/package.json"));
  // By the name that Pulumi looks for in a folder, for programs in this checkout.
  symlinkSync("bin.js", join(folder, "provider/plugin/pulumi-resource-blockbox"));
  for (const program of Object.values(programs())) chmodSync(join(folder, relative(dist, join(root, program))), 0o755);
  writeFileSync(join(folder, ".sources"), stamped);
}

/**
 * The package's commands. npm makes them executable where it links them, but not again after the next build.
 * @returns {Record<string, string>} paths by name
 */
function programs() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).bin;
}

function sourcesDigest() {
  const hash = createHash("sha256").update(lockDigest());
  for (const path of [
    join(root, "tsconfig.json"),
    ...sources(join(root, "provider")),
    ...sources(join(root, "sdk")),
    join(root, "sdk/tsconfig.plugin.json"),
    join(root, "sdk/plugin/package.json"),
  ]) {
    hash.update(`${relative(root, path)}\0`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : sources(path);
      return entry.name.endsWith(".ts") ? [path] : [];
    });
}
