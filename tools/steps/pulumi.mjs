import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { putFirst } from "../lib/environment.mjs";
import { cacheDir, root } from "../lib/places.mjs";
import { quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { makeWhole } from "../lib/whole.mjs";
import { bringGo, goEnvironment } from "./go.mjs";
import { findPulumi } from "./pulumiOnPath.mjs";

const version = "3.259.0"; // as tools/toolchain/go/cli/go.mod
const source = join(root, "tools/toolchain/go");

/** Ends in a digest of what pins the build, so that another checkout's build is not taken for ours. */
export const toolchainFolder = join(cacheDir, `pulumi-${version}-${sourceDigest()}`);

/**
 * Puts a Pulumi CLI with its Node host first on PATH. No registry has the CLI as a package, but Go's has its source.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function bringPulumi(env) {
  if (await findPulumi(env)) return;
  if (!existsSync(toolchainFolder)) {
    const go = await bringGo(env);
    await step(`Pulumi CLI ${version}: building from Go modules (once, some minutes)`, () =>
      makeWhole(toolchainFolder, (folder) => build(go, join(folder, "bin"), env)),
    );
  }
  putFirst(env, join(toolchainFolder, "bin"));
}

/**
 * @param {{ program: string, ours: boolean }} go
 * @param {string} bin
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function build(go, bin, env) {
  const work = join(cacheDir, "go-work");
  const goEnv = goEnvironment(go, env);
  if (go.ours) {
    // Whoever has no Go has no use for gigabytes of its caches either.
    Object.assign(goEnv, {
      GOPATH: join(work, "path"),
      GOMODCACHE: join(work, "modules"),
      GOCACHE: join(work, "cache"),
    });
  }
  /**
   * @param {string} module
   * @param {string[]} args
   */
  const run = (module, args) =>
    quiet(go.program, args, {
      cwd: join(source, module),
      env: goEnv,
      timeoutMs: 20 * 60_000,
      what: "build the Pulumi CLI",
    });

  mkdirSync(bin);
  const flags = ["-trimpath", "-mod=readonly"];
  const stamped = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  const cli = join(bin, "pulumi");
  await run("cli", ["build", ...flags, "-ldflags", stamped, "-o", cli, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"]);
  const host = "pulumi-language-nodejs";
  const hostPackage = `github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/${host}`;
  await run("language", ["build", ...flags, "-ldflags", "-s -w", "-o", join(bin, host), hostPackage]);

  const launcher = "pulumi-resource-pulumi-nodejs";
  const listed = await run("language", [
    "list",
    "-mod=readonly",
    "-m",
    "-f",
    "{{.Dir}}",
    "github.com/pulumi/pulumi/sdk/v3",
  ]);
  const sdk = listed.trim().split("\n").at(-1) ?? "";
  copyFileSync(join(sdk, "nodejs/dist", launcher), join(bin, launcher));
  chmodSync(join(bin, launcher), 0o755);

  const quietEnv = { ...env, PULUMI_HOME: join(cacheDir, "pulumi-home"), PULUMI_SKIP_UPDATE_CHECK: "1" };
  await quiet(cli, ["version"], { env: quietEnv, timeoutMs: 30_000, what: "run the Pulumi CLI that it built" });
  rmSync(work, { recursive: true, force: true });
}

function sourceDigest() {
  const hash = createHash("sha256");
  for (const module of ["cli", "language"]) {
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(source, module, file)));
  }
  return hash.digest("hex").slice(0, 8);
}
