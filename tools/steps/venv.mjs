import { join } from "node:path";
import { cacheDir } from "../lib/places.mjs";
import { quiet } from "../lib/quiet.mjs";
import { systemPython } from "./cinderPlaces.mjs";

/**
 * A venv with what a list names: every package, installed without resolving.
 * Its programs name its path, and it is renamed: nothing runs them, only its `bin/python`.
 * @param {string} folder
 * @param {string} packageList
 * @param {string} what it is for, in words that follow "could not"
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function makeVenv(folder, packageList, what, env) {
  const pipEnv = { ...env, PIP_NO_INPUT: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore" };
  await quiet(systemPython, ["-m", "venv", folder], { env, timeoutMs: 2 * 60_000, what });
  const python = join(folder, "bin/python");
  const flags = ["--quiet", "--no-deps", "--only-binary=:all:"];
  await quiet(python, ["-m", "pip", "install", ...flags, "--requirement", packageList], {
    cwd: cacheDir,
    env: pipEnv,
    timeoutMs: 15 * 60_000,
    what,
  });
  await quiet(python, ["-m", "pip", "check"], { cwd: cacheDir, env: pipEnv, timeoutMs: 60_000, what });
}
