import { quiet } from "../lib/quiet.mjs";

/**
 * `npm ci` by the npm on PATH: exactly what the lock file names, checked by its digests, no install scripts.
 * npm's first line asks for `node` on PATH, so it runs with whatever Node was brought.
 * @param {string} folder
 * @param {import("../lib/environment.mjs").Environment} env
 * @param {string} what
 */
export async function npmCi(folder, env, what) {
  const flags = [
    "--ignore-scripts",
    "--include=dev",
    "--include=optional",
    "--engine-strict=false",
    "--no-audit",
    "--no-fund",
  ];
  await quiet("npm", ["ci", ...flags, "--no-update-notifier", "--loglevel=error"], {
    cwd: folder,
    env,
    timeoutMs: 10 * 60_000,
    what,
  });
}
