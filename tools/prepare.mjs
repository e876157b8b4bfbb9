import { mkdirSync } from "node:fs";
import { baseEnvironment } from "./lib/environment.mjs";
import { Failure } from "./lib/failure.mjs";
import { whileLocked } from "./lib/lock.mjs";
import { cacheDir, root } from "./lib/places.mjs";
import { lookAround } from "./machine.mjs";
import { requirements } from "./requirements.mjs";
import { bringCinder } from "./steps/cinder.mjs";
import { bringCinderOfDebian } from "./steps/cinderDebian.mjs";
import { bringCinderPackages, lackingCinderPackages } from "./steps/cinderPackages.mjs";
import { buildDist } from "./steps/dist.mjs";
import { bringDockerBase } from "./steps/dockerBase.mjs";
import { bringDockerPackages, lackingDockerPackages } from "./steps/dockerPackages.mjs";
import { bringGuestPackages, lackingGuestPackages } from "./steps/guestPackages.mjs";
import { bringHostPackages } from "./steps/hostPackages.mjs";
import { bringLanguagePackages, lackingLanguagePackages } from "./steps/languagePackages.mjs";
import { bringLanguages } from "./steps/languages.mjs";
import { bringNode } from "./steps/node.mjs";
import { bringNpmPackages } from "./steps/npmPackages.mjs";
import { bringPulumi } from "./steps/pulumi.mjs";
import { bringSdkGenerator } from "./steps/sdkGenerator.mjs";

/**
 * What is brought beside Node and the npm packages: lvm2 and the like, the compiled package, the CLI; for tests a Cinder
 * from PyPI with all that it needs, and Debian's Cinder, which needs the same; what boots the guest; Docker with a Debian
 * for its images; the generators of SDKs; and what runs
 * programs in Python and Go.
 * @typedef {"host" | "dist" | "pulumi" | "cinder" | "cinder-debian" | "guest" | "docker" | "sdks" | "languages"} Need
 */

/** For a user's programs. @type {readonly Need[]} */
export const everything = ["host", "dist", "pulumi"];

/**
 * Refuses a machine that cannot do, before anything is written. What needs nothing of the host's runs as any user.
 * @param {readonly Need[]} needs
 */
export function requireFitMachine(needs) {
  const env = baseEnvironment();
  const machine = lookAround(env);
  const cinder = needsCinder(needs);
  const guest = needs.includes("guest");
  const docker = needs.includes("docker");
  const lacking = [
    ...(needs.includes("host") ? machine.lacking : []),
    ...(cinder ? lackingCinderPackages(env) : []),
    ...(guest ? lackingGuestPackages(env) : []),
    ...(docker ? lackingDockerPackages(env) : []),
    ...(needs.includes("languages") ? lackingLanguagePackages(env) : []),
  ];
  const root = needs.includes("host") || cinder || guest || docker;
  const sentences = requirements({ ...machine, lacking, cinder, guest, docker, ...(root ? {} : { uid: 0 }) });
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
  if (needsCinder(needs)) await bringCinderPackages(env);
  if (needs.includes("guest")) await bringGuestPackages(env);
  if (needs.includes("docker")) await bringDockerPackages(env);
  if (needs.includes("languages")) await bringLanguagePackages(env);
  mkdirSync(cacheDir, { recursive: true });
  await whileLocked(cacheDir, env, () => bringNode(env));
  await whileLocked(root, env, async () => {
    await bringNpmPackages(env);
    if (needs.includes("dist")) await buildDist(env);
  });
  await whileLocked(cacheDir, env, async () => {
    if (needs.includes("pulumi")) await bringPulumi(env);
    if (needs.includes("sdks")) await bringSdkGenerator(env);
    if (needs.includes("languages")) await bringLanguages(env);
    if (needs.includes("cinder")) await bringCinder(env);
    if (needs.includes("cinder-debian")) await bringCinderOfDebian(env);
    if (needs.includes("docker")) await bringDockerBase(env);
  });
  return env;
}

/** @param {readonly Need[]} needs */
function needsCinder(needs) {
  return needs.includes("cinder") || needs.includes("cinder-debian");
}
