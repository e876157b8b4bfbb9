import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { home } from "./places.mjs";

/** @typedef {Record<string, string | undefined>} Environment What a child process gets; steps put what they bring first on its PATH. */

/** Where administration programs are; a user's PATH often lacks these. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** What the npm and the test runner above us say about themselves; an npm or test runner below us would believe it. */
const notPassedOn =
  /^(npm_(package|lifecycle|command|execpath|node_execpath|config_(local_|global_)?prefix)|INIT_CWD$|NODE_TEST_CONTEXT$)/;

/** @returns {Environment} */
export function baseEnvironment() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !notPassedOn.test(name)));
  env.HOME = home;
  const folders = (env.PATH ?? "").split(delimiter).filter(isAbsolute);
  env.PATH = [...new Set([...folders, ...systemFolders])].join(delimiter);
  return env;
}

/**
 * @param {Environment} env
 * @param {string} folder
 */
export function putFirst(env, folder) {
  const others = (env.PATH ?? "").split(delimiter).filter((other) => other !== folder);
  env.PATH = [folder, ...others].join(delimiter);
}

/**
 * Every program of that name on PATH, in order. Runs nothing.
 * @param {Environment} env
 * @param {string} program
 */
export function findAll(env, program) {
  return (env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .filter(isProgram);
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
