import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { attempt } from "../lib/quiet.mjs";

/** Debian asks this file before a package starts its service. */
const policy = "/usr/sbin/policy-rc.d";
const mark = "# pulumi-blockbox: while packages for its tests are installed";

/**
 * Installs packages whose services nobody asked for: none is started, now or at the next boot. A machine that has a
 * policy of its own keeps it.
 * @param {import("../lib/environment.mjs").Environment} env
 * @param {() => Promise<void>} install
 */
export async function withServicesQuiet(env, install) {
  const before = await units(env);
  // A killed run's is taken over.
  const ours = !existsSync(policy) || readFileSync(policy, "utf8").includes(mark);
  const remove = () => rmSync(policy, { force: true });
  if (ours) {
    writeFileSync(policy, `#!/bin/sh\n${mark}\nexit 101\n`, { mode: 0o755 });
    // Ctrl-C ends this process without unwinding it.
    process.on("exit", remove);
  }
  try {
    await install();
  } finally {
    if (ours) {
      remove();
      process.off("exit", remove);
    }
  }
  const came = [...(await units(env))].filter((unit) => !before.has(unit));
  // Fails where there is no systemd: nothing is to be done there.
  if (came.length > 0) await attempt("systemctl", ["disable", "--quiet", ...came], { env, timeoutMs: 60_000 });
}

/**
 * The units that are started at boot.
 * @param {import("../lib/environment.mjs").Environment} env
 * @returns {Promise<Set<string>>}
 */
async function units(env) {
  const { code, text } = await attempt(
    "systemctl",
    ["list-unit-files", "--state=enabled", "--no-legend", "--no-pager", "--plain"],
    { env, timeoutMs: 30_000 },
  );
  if (code !== 0) return new Set();
  return new Set(text.split("\n").flatMap((line) => line.split(/\s+/)[0] || []));
}
