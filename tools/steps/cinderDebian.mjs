import { bringCinderSeed } from "./cinder.mjs";
import { bringDebianCinder } from "./cinderPackages.mjs";

/**
 * Debian 12's own Cinder, the oldest that tests run against. Nothing of it runs but what tests start.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function bringCinderOfDebian(env) {
  await bringDebianCinder(env);
  await bringCinderSeed("debian", env);
}
