import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { Failure } from "./failure.mjs";

const limitMs = 30 * 60_000;

/** @type {Set<number>} */
const held = new Set();

/** The descriptors of the locks that we hold: a child that has them too holds them on if we are killed. */
export const heldLocks = () => [...held];

/**
 * One at a time per folder. The lock is the kernel's (flock on the folder itself), so it leaves no file and goes
 * with this process, and with what this process started, however they end. Node has no flock: flock(1) locks a descriptor that we keep open.
 * @template T
 * @param {string} folder
 * @param {import("./environment.mjs").Environment} env
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function whileLocked(folder, env, work) {
  const descriptor = openSync(folder, "r");
  try {
    if (!tryLock(descriptor, env)) await waitForLock(descriptor, env, folder);
    held.add(descriptor);
    return await work();
  } finally {
    // By name: something that a child left running may have the descriptor still.
    if (held.delete(descriptor)) flock("--unlock", descriptor, env);
    closeSync(descriptor);
  }
}

/**
 * @param {number} descriptor
 * @param {import("./environment.mjs").Environment} env
 */
function tryLock(descriptor, env) {
  const { status, error } = flock("--nonblock", descriptor, env);
  // Without flock(1) there is no lock: only our linters run where it may lack.
  return status === 0 || error !== undefined;
}

/**
 * @param {"--nonblock" | "--unlock"} option
 * @param {number} descriptor
 * @param {import("./environment.mjs").Environment} env
 */
function flock(option, descriptor, env) {
  return spawnSync("flock", [option, "3"], { env, stdio: ["ignore", "ignore", "ignore", descriptor] });
}

/**
 * @param {number} descriptor
 * @param {import("./environment.mjs").Environment} env
 * @param {string} folder
 */
async function waitForLock(descriptor, env, folder) {
  const begin = Date.now();
  const notice = setTimeout(
    () => process.stdout.write(`· another command prepares ${folder}: waiting for it\n`),
    2_000,
  );
  try {
    while (Date.now() - begin < limitMs) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (tryLock(descriptor, env)) return;
    }
  } finally {
    clearTimeout(notice);
  }
  throw new Failure(`Another command has prepared ${folder} for ${limitMs / 60_000} minutes. End it, then run again.`);
}
