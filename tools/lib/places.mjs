import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** The user's home, also where HOME is unset or empty (some runners). */
export const home = process.env.HOME || userInfo().homedir;

/** What may be thrown away: Node, Go, the Pulumi CLI. */
export const cacheDir = join(xdg("XDG_CACHE_HOME", ".cache"), "pulumi-blockbox");

/** What must be kept: the state of the example's stacks. */
export const stateDir = join(xdg("XDG_STATE_HOME", ".local/state"), "pulumi-blockbox");

/**
 * @param {string} variable
 * @param {string} fallback below the home
 */
function xdg(variable, fallback) {
  const value = process.env[variable];
  return value && isAbsolute(value) ? value : join(home, fallback);
}
