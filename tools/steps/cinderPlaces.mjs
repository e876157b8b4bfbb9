import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, root } from "../lib/places.mjs";

/** Every package of Cinder's and Keystone's, pinned. */
export const cinderPackageList = join(root, "tools/toolchain/python/cinder.txt");

/** The rig's programs in Python and its configuration. */
export const rigFolder = join(root, "test/rig");

/** The Cinders that tests run against. @typedef {"pypi" | "debian"} CinderRelease */

/** Debian's own Python: a venv of it stays good whatever else is on PATH. */
export const systemPython = "/usr/bin/python3";

/** As in cinder.txt, and what Debian 12 has. */
const versions = { pypi: "29.0.0", debian: "21.3.1" };

const venv = join(cacheDir, `cinder-${versions.pypi}-${digest(cinderPackageList)}`);

/**
 * Where a release is. Ends in a digest of what it is made from, so that another checkout's is not taken for ours.
 * @type {Readonly<Record<CinderRelease, { version: string, python: string, configuration: string, seed: string }>>}
 */
export const cinderPlaces = {
  pypi: {
    version: versions.pypi,
    python: join(venv, "bin/python"),
    configuration: join(venv, "etc/cinder"),
    seed: seedFolder("pypi", cinderPackageList),
  },
  debian: {
    version: versions.debian,
    python: systemPython,
    configuration: "/etc/cinder",
    seed: seedFolder("debian"),
  },
};

export const cinderVenv = venv;

/** Keystone with an administrator, as it is before a test's Cinder is in its catalogue. */
export const keystoneSeed = join(
  cacheDir,
  `keystone-seed-${digest(cinderPackageList, join(rigFolder, "seedKeystone.py"), join(rigFolder, "keystone.conf"))}`,
);

/**
 * @param {CinderRelease} release
 * @param {string[]} more files that its tables depend on
 */
function seedFolder(release, ...more) {
  const made = [join(rigFolder, "seedCinder.py"), join(rigFolder, "mariadb.cnf"), ...more];
  return join(cacheDir, `cinder-seed-${versions[release]}-${digest(...made)}`);
}

/** @param {string[]} files */
function digest(...files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 8);
}
