import { findAll } from "../lib/environment.mjs";
import { Failure } from "../lib/failure.mjs";
import { attempt, lastLines } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";

/**
 * Debian's packages of the programs that the provider runs (provider/host/tools.ts names the same) and that these tools do.
 * @type {Record<string, readonly string[]>}
 */
const programsOf = {
  lvm2: ["lvm"],
  e2fsprogs: ["mkfs.ext4", "resize2fs", "e2fsck"],
  mount: ["losetup", "mount", "umount"],
  "util-linux": ["blkid", "blkdiscard", "fallocate", "flock"],
  "perl-base": ["perl"],
};

/** Another apt or dpkg at work, as fresh machines have it (unattended-upgrades). */
const lockHeld = /could not get lock|is another process using it|unable to (acquire|lock)/i;
const lockWaitMs = 3 * 60_000;

/** A dpkg that was killed amid its work: it wants to be told to finish that first. */
const halfDone = /dpkg was interrupted/i;

/** @param {import("../lib/environment.mjs").Environment} env */
export function lackingPackages(env) {
  return Object.entries(programsOf)
    .filter(([, programs]) => programs.some((program) => findAll(env, program).length === 0))
    .map(([name]) => name);
}

/** @param {import("../lib/environment.mjs").Environment} env */
export async function bringHostPackages(env) {
  const lacking = lackingPackages(env);
  if (lacking.length === 0) return;
  await installPackages(lacking, env);
  const still = lackingPackages(env);
  if (still.length > 0) {
    throw new Failure(
      `apt-get installed ${lacking.join(", ")}, but programs of ${still.join(", ")} are still not to be found.`,
    );
  }
}

/**
 * @param {readonly string[]} names
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function installPackages(names, env) {
  await step(`${names.join(", ")}: installing with apt-get`, async () => {
    const update = await aptGet(["update"], 5 * 60_000, env);
    const install = await aptGet(["install", "--yes", "--no-install-recommends", ...names], 10 * 60_000, env);
    if (install.code === 0) return;
    // Lists that cannot be had do not matter unless the install fails: often a third party's.
    const complaints = update.text.split("\n").filter((line) => /^(W|E|Err):/.test(line));
    const updateWords = complaints.length > 0 ? `apt-get update said:\n${lastLines(complaints.join("\n"))}\n` : "";
    const limit = install.timedOut ? " in 10 minutes" : "";
    throw new Failure(
      `blockbox needs ${names.join(", ")}, and apt-get could not install them${limit}.\n${updateWords}apt-get install said:\n${lastLines(install.text)}`,
    );
  });
}

/**
 * @param {readonly string[]} args
 * @param {number} timeoutMs
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function aptGet(args, timeoutMs, env) {
  const options = ["-q", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=3", "-o", "Acquire::http::Timeout=30"];
  const run = {
    env: { ...env, DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_MODE: "l", LC_ALL: "C" },
    timeoutMs,
    wholeOnly: args[0] === "install",
  };
  const begin = Date.now();
  let repaired = false;
  while (true) {
    const result = await attempt("apt-get", [...options, ...args], run);
    if (result.code !== 0 && !repaired && halfDone.test(result.text)) {
      repaired = true;
      // Whose configuration files those are has not been asked: they stay as they are.
      await attempt("dpkg", ["--force-confdef", "--force-confold", "--configure", "-a"], run);
      continue;
    }
    if (result.code === 0 || !lockHeld.test(result.text) || Date.now() - begin > lockWaitMs) return result;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
}
