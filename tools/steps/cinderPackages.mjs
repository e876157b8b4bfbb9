import { findAll } from "../lib/environment.mjs";
import { bringPackages, lackingOf } from "./debianPackages.mjs";

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
  return lackingOf(programsOf, fileOf, env);
}

/** @param {import("../lib/environment.mjs").Environment} env */
export function lackingDebianCinder(env) {
  return debianCinder.filter((name) => findAll(env, name).length === 0);
}

/** @param {import("../lib/environment.mjs").Environment} env */
export const bringCinderPackages = (env) => bringPackages(lackingCinderPackages, env);

/** @param {import("../lib/environment.mjs").Environment} env */
export const bringDebianCinder = (env) => bringPackages(lackingDebianCinder, env);
