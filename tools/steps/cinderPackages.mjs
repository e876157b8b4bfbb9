import { existsSync } from "node:fs";
import { findAll } from "../lib/environment.mjs";
import { Failure } from "../lib/failure.mjs";
import { installPackages } from "./hostPackages.mjs";
import { withServicesQuiet } from "./quietServices.mjs";

/** @type {Record<string, readonly string[]>} Debian's packages and their programs that a Cinder for tests needs beside it */
const programsOf = {
  "mariadb-server": ["mariadbd", "mariadb-install-db"],
  "rabbitmq-server": ["rabbitmq-server", "epmd"],
  "nfs-common": ["mount.nfs"],
  "qemu-utils": ["qemu-img"],
  openssl: ["openssl"],
  // Debian's os-brick asks it for the machine's id, and copies no volume to another backend without.
  dmidecode: ["dmidecode"],
};

/** @type {Record<string, string>} packages that have no program, by a file of theirs */
const fileOf = { "python3-venv": "/usr/lib/python3.11/ensurepip/__init__.py" };

/** What Debian's own Cinder comes as; its services are never started. */
const debianCinder = ["cinder-api", "cinder-scheduler", "cinder-volume"];

/** @param {import("../lib/environment.mjs").Environment} env */
export function lackingCinderPackages(env) {
  const programs = Object.entries(programsOf).filter(([, names]) =>
    names.some((name) => findAll(env, name).length === 0),
  );
  const files = Object.entries(fileOf).filter(([, file]) => !existsSync(file));
  return [...programs, ...files].map(([name]) => name);
}

/** @param {import("../lib/environment.mjs").Environment} env */
export function lackingDebianCinder(env) {
  return debianCinder.filter((name) => findAll(env, name).length === 0);
}

/** @param {import("../lib/environment.mjs").Environment} env */
export const bringCinderPackages = (env) => bring(lackingCinderPackages, env);

/** @param {import("../lib/environment.mjs").Environment} env */
export const bringDebianCinder = (env) => bring(lackingDebianCinder, env);

/**
 * @param {(env: import("../lib/environment.mjs").Environment) => string[]} lack
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function bring(lack, env) {
  const lacking = lack(env);
  if (lacking.length === 0) return;
  await withServicesQuiet(env, () => installPackages(lacking, env));
  const still = lack(env);
  if (still.length > 0)
    throw new Failure(
      `apt-get installed ${lacking.join(", ")}, but what is in ${still.join(", ")} is not to be found.`,
    );
}
