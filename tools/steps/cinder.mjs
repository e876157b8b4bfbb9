import { existsSync } from "node:fs";
import { join } from "node:path";
import { quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { makeWhole } from "../lib/whole.mjs";
import { cinderPackageList, cinderPlace, cinderVenv, keystoneSeed, rigFolder } from "./cinderPlaces.mjs";
import { makeVenv } from "./venv.mjs";

/**
 * The newest Cinder for Python 3.11, Keystone beside it, and their databases ready to be copied.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function bringCinder(env) {
  const { python, version } = cinderPlace("pypi");
  const venv = cinderVenv();
  if (!existsSync(venv)) {
    await step(`Cinder ${version} and Keystone: installing from PyPI`, () =>
      makeWhole(venv, (folder) => makeVenv(folder, cinderPackageList, "install Cinder from PyPI", env)),
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
