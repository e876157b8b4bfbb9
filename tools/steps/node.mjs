import { copyFileSync, existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { findAll, putFirst } from "../lib/environment.mjs";
import { cacheDir, root } from "../lib/places.mjs";
import { quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { isAtLeast, parseVersion } from "../lib/version.mjs";
import { makeWhole } from "../lib/whole.mjs";
import { npmCi } from "./npm.mjs";

/** The package.json and package-lock.json that pin npm's package of Node for this processor. */
const source = join(root, "tools/toolchain/node", process.arch);

/**
 * Puts a Node that everything here runs with first on PATH: the one that runs us where that fits.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function bringNode(env) {
  if (fits(process.versions.node)) {
    const first = findAll(env, "node")[0];
    if (first === undefined || realpathSync(first) !== realpathSync(process.execPath))
      putFirst(env, dirname(process.execPath));
    return;
  }
  const name = `node-linux-${process.arch}`;
  const version = pinnedVersion(name);
  const folder = join(cacheDir, `node-${version}`);
  const bin = join(folder, "node_modules", name, "bin");
  if (!existsSync(folder)) {
    await step(
      `Node ${version}: installing from npm (${process.versions.node} is not one that this project runs with)`,
      () =>
        makeWhole(folder, async (temporary) => {
          for (const file of ["package.json", "package-lock.json"])
            copyFileSync(join(source, file), join(temporary, file));
          await npmCi(temporary, env, `install Node ${version} from npm`);
          const node = join(temporary, "node_modules", name, "bin/node");
          await quiet(node, ["--version"], {
            env,
            timeoutMs: 30_000,
            what: `run the Node ${version} that npm installed`,
          });
        }),
    );
  }
  putFirst(env, bin);
}

/**
 * Even releases only: our linters refuse the short-lived odd ones.
 * @param {string} version
 */
export function fits(version) {
  const [major = 0] = parseVersion(version);
  return isAtLeast(version, "22.19") && (major % 2 === 0 || major > 26);
}

/** @param {string} name */
function pinnedVersion(name) {
  const lock = JSON.parse(readFileSync(join(source, "package-lock.json"), "utf8"));
  return String(lock.packages[`node_modules/${name}`].version);
}
