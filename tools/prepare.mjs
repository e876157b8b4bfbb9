import { mkdirSync } from "node:fs";
import { baseEnvironment } from "./lib/environment.mjs";
import { Failure } from "./lib/failure.mjs";
import { whileLocked } from "./lib/lock.mjs";
import { cacheDir, root } from "./lib/places.mjs";
import { lookAround } from "./machine.mjs";
import { requirements } from "./requirements.mjs";
import { buildDist } from "./steps/dist.mjs";
import { bringHostPackages } from "./steps/hostPackages.mjs";
import { bringNode } from "./steps/node.mjs";
import { bringNpmPackages } from "./steps/npmPackages.mjs";
import { bringPulumi } from "./steps/pulumi.mjs";

/** @typedef {"host" | "dist" | "pulumi"} Need what is brought beside Node and the npm packages: lvm2 and the like, the compiled package, the CLI */

/** @type {readonly Need[]} */
export const everything = ["host", "dist", "pulumi"];

/**
 * Refuses a machine that cannot do, before anything is written. What needs nothing of the host's runs as any user.
 * @param {readonly Need[]} needs
 */
export function requireFitMachine(needs) {
  const machine = lookAround(baseEnvironment());
  const sentences = requirements(needs.includes("host") ? machine : { ...machine, uid: 0, lacking: [] });
  if (sentences.length > 0) throw new Failure(sentences.join("\n"));
}

/**
 * Brings what is missing; what is there costs next to nothing. The only place of this project that installs.
 * @param {readonly Need[]} needs
 * @returns {Promise<import("./lib/environment.mjs").Environment>} with all that on PATH
 */
export async function prepare(needs) {
  requireFitMachine(needs);
  const env = baseEnvironment();
  if (needs.includes("host")) await bringHostPackages(env);
  mkdirSync(cacheDir, { recursive: true });
  await whileLocked(cacheDir, env, () => bringNode(env));
  await whileLocked(root, env, async () => {
    await bringNpmPackages(env);
    if (needs.includes("dist")) await buildDist(env);
  });
  if (needs.includes("pulumi")) await whileLocked(cacheDir, env, () => bringPulumi(env));
  return env;
}
