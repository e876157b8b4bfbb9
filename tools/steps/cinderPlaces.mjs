import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, root } from "../lib/places.mjs";

/** The Cinders that tests run against. @typedef {"pypi" | "debian"} CinderRelease */

/** Every package of Cinder's and Keystone's, pinned: what the images of examples/block-box are made of. */
export const cinderPackageList = join(root, "examples/block-box/image/constraints.txt");

/** The rig's programs in Python and its configuration. */
export const rigFolder = join(root, "test/rig");

/** Debian's own Python: a venv of it stays good whatever else is on PATH. */
export const systemPython = "/usr/bin/python3";

/** As in that list, and what Debian 12 has. */
const versions = { pypi: "29.0.0", debian: "21.3.1" };

// The names end in digests of what the folders are made from, so that another checkout's are not taken for ours.

/** Where Cinder and Keystone from PyPI are. */
export const cinderVenv = () => join(cacheDir, `cinder-${versions.pypi}-${digest(cinderPackageList)}`);

/**
 * Where a release is: its Python, its configuration, and a database with its tables.
 * @param {CinderRelease} release
 */
export function cinderPlace(release) {
  const ofPypi = release === "pypi";
  const tables = [
    join(rigFolder, "seedCinder.py"),
    join(rigFolder, "mariadb.cnf"),
    ...(ofPypi ? [cinderPackageList] : []),
  ];
  return {
    version: versions[release],
    python: ofPypi ? join(cinderVenv(), "bin/python") : systemPython,
    configuration: ofPypi ? join(cinderVenv(), "etc/cinder") : "/etc/cinder",
    seed: join(cacheDir, `cinder-seed-${versions[release]}-${digest(...tables)}`),
  };
}

/** Keystone's folder with an administrator, as it is before a Cinder is in its catalogue. */
export function keystoneSeed() {
  const made = [cinderPackageList, join(rigFolder, "seedKeystone.py"), join(rigFolder, "keystone.conf")];
  return join(cacheDir, `keystone-seed-${digest(...made)}`);
}

/** @param {string[]} files */
function digest(...files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 8);
}
