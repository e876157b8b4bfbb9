import { existsSync } from "node:fs";
import { findAll } from "../lib/environment.mjs";
import { Failure } from "../lib/failure.mjs";
import { installPackages } from "./hostPackages.mjs";
import { withServicesQuiet } from "./quietServices.mjs";

/** @typedef {import("../lib/environment.mjs").Environment} Environment */

/**
 * Names of the packages of which something is not there.
 * @param {Readonly<Record<string, readonly string[]>>} programsOf
 * @param {Readonly<Record<string, string>>} fileOf what is known by a file
 * @param {Environment} env
 */
export function lackingOf(programsOf, fileOf, env) {
  const programs = Object.entries(programsOf).filter(([, names]) =>
    names.some((name) => findAll(env, name).length === 0),
  );
  const files = Object.entries(fileOf).filter(([, file]) => !existsSync(file));
  return [...new Set([...programs, ...files].map(([name]) => name))];
}

/**
 * Installs what is lacking, without starting the services that it brings.
 * @param {(env: Environment) => string[]} lack
 * @param {Environment} env
 */
export async function bringPackages(lack, env) {
  const lacking = lack(env);
  if (lacking.length === 0) return;
  await withServicesQuiet(env, () => installPackages(lacking, env));
  const still = lack(env);
  if (still.length > 0)
    throw new Failure(
      `apt-get installed ${lacking.join(", ")}, but what is in ${still.join(", ")} is not to be found.`,
    );
}
