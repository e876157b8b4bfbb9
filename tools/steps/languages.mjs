import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findAll, putFirst } from "../lib/environment.mjs";
import { cacheDir, root } from "../lib/places.mjs";
import { quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { makeWhole } from "../lib/whole.mjs";
import { bringGo, goEnvironment } from "./go.mjs";
import { makeVenv } from "./venv.mjs";

const modules = join(root, "tools/toolchain/go");
const packageList = join(root, "tools/toolchain/python/pulumi.txt");
const sdk = "github.com/pulumi/pulumi/sdk/v3";

/** Each language's host of Pulumi, and the Go module that has it. */
const hosts = [
  { name: "pulumi-language-python", module: "language", source: `${sdk}/python/cmd/pulumi-language-python` },
  { name: "pulumi-language-go", module: "languageGo", source: `${sdk}/go/pulumi-language-go` },
];

// The names end in digests of what the folders are made from, so that another checkout's are not taken for ours.
const hostsFolder = join(
  cacheDir,
  `languages-${digest(...hosts.flatMap(({ module }) => ["go.mod", "go.sum"].map((file) => join(modules, module, file))))}`,
);
/** With Pulumi's package in it. The host runs the first `python3` of PATH, which finds its packages by where it is. */
export const pythonBin = () => join(venv, "bin");
const venv = join(cacheDir, `pulumi-python-${digest(packageList)}`);

/**
 * What runs Pulumi programs in Python and Go: their hosts, where no CLI on PATH brings them, Pulumi's package for Python,
 * and a Go.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function bringLanguages(env) {
  const go = await bringGo(env);
  if (go.ours) putFirst(env, join(go.program, ".."));
  if (hosts.some(({ name }) => findAll(env, name).length === 0)) {
    if (!existsSync(hostsFolder)) {
      await step("Pulumi's hosts for Python and Go: building from Go modules (once)", () =>
        makeWhole(hostsFolder, (folder) => buildHosts(go, folder, env)),
      );
    }
    putFirst(env, hostsFolder);
  }
  if (!existsSync(venv)) {
    await step("Pulumi for Python: installing from PyPI", () =>
      makeWhole(venv, (folder) => makeVenv(folder, packageList, "install Pulumi for Python from PyPI", env)),
    );
  }
}

/**
 * @param {{ program: string, ours: boolean }} go
 * @param {string} folder
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function buildHosts(go, folder, env) {
  const goEnv = goEnvironment(go, env);
  /**
   * @param {string} module
   * @param {string[]} args
   */
  const run = (module, args) =>
    quiet(go.program, args, {
      ...{ cwd: join(modules, module), env: goEnv, timeoutMs: 20 * 60_000 },
      what: "build Pulumi's language hosts",
    });
  for (const { name, module, source } of hosts)
    await run(module, ["build", "-trimpath", "-mod=readonly", "-ldflags", "-s -w", "-o", join(folder, name), source]);
  const listed = await run("language", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", sdk]);
  const executor = "pulumi-language-python-exec";
  copyFileSync(join(listed.trim().split("\n").at(-1) ?? "", "python/cmd", executor), join(folder, executor));
  chmodSync(join(folder, executor), 0o755);
}

/** @param {string[]} files */
function digest(...files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 8);
}
