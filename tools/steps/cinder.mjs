import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../lib/places.mjs";
import { quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { makeWhole } from "../lib/whole.mjs";
import { cinderPackageList, cinderPlace, cinderVenv, keystoneSeed, rigFolder, systemPython } from "./cinderPlaces.mjs";

/**
 * The newest Cinder for Python 3.11, Keystone beside it, and their databases ready to be copied.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function bringCinder(env) {
  const { python, version } = cinderPlace("pypi");
  const venv = cinderVenv();
  if (!existsSync(venv)) {
    await step(`Cinder ${version} and Keystone: installing from PyPI`, () =>
      makeWhole(venv, (folder) => install(folder, env)),
    );
  }
  await bringCinderSeed("pypi", env);
  const keystone = keystoneSeed();
  if (!existsSync(keystone)) {
    await step("Keystone: making its database", () =>
      makeWhole(keystone, (folder) => seed(python, "seedKeystone.py", folder, env)),
    );
  }
}

/**
 * @param {import("./cinderPlaces.mjs").CinderRelease} release
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function bringCinderSeed(release, env) {
  const place = cinderPlace(release);
  if (existsSync(place.seed)) return;
  await step(`Cinder ${place.version}: making its database`, () =>
    makeWhole(place.seed, (folder) => seed(place.python, "seedCinder.py", folder, env)),
  );
}

/**
 * Programs of a venv name its path, and this one is renamed: nothing runs them, only `bin/python -m`.
 * @param {string} folder
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function install(folder, env) {
  const what = "install Cinder from PyPI";
  const pipEnv = { ...env, PIP_NO_INPUT: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore" };
  await quiet(systemPython, ["-m", "venv", folder], { env, timeoutMs: 2 * 60_000, what });
  const python = join(folder, "bin/python");
  const flags = ["--quiet", "--no-deps", "--only-binary=:all:"];
  await quiet(python, ["-m", "pip", "install", ...flags, "--requirement", cinderPackageList], {
    cwd: cacheDir,
    env: pipEnv,
    timeoutMs: 15 * 60_000,
    what,
  });
  await quiet(python, ["-m", "pip", "check"], { cwd: cacheDir, env: pipEnv, timeoutMs: 60_000, what });
}

/**
 * @param {string} python
 * @param {string} program
 * @param {string} folder
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function seed(python, program, folder, env) {
  await quiet(python, [join(rigFolder, program), folder], {
    cwd: folder,
    env,
    timeoutMs: 5 * 60_000,
    what: `make a database with ${program}`,
  });
}
