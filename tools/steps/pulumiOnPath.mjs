import { realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findAll, isProgram } from "../lib/environment.mjs";
import { cacheDir } from "../lib/places.mjs";
import { attempt } from "../lib/quiet.mjs";
import { isAtLeast } from "../lib/version.mjs";

const least = "3.250";

/** What a TypeScript program with dynamic resources needs beside the CLI. */
const companions = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/**
 * Whether the first `pulumi` on PATH will do; its companions are put on PATH where they are only beside it.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function findPulumi(env) {
  const program = findAll(env, "pulumi")[0];
  if (program === undefined) return false;
  const beside = dirname(realpathSync(program));
  const here = companions.every((name) => findAll(env, name).length > 0);
  if (!here && !companions.every((name) => isProgram(join(beside, name)))) return false;
  const { code, text } = await attempt(program, ["version"], {
    cwd: "/",
    env: { ...env, PULUMI_HOME: join(cacheDir, "pulumi-home"), PULUMI_SKIP_UPDATE_CHECK: "1" },
    timeoutMs: 30_000,
  });
  if (code !== 0 || !isAtLeast(text, least)) return false;
  if (!here) env.PATH = `${env.PATH}${delimiter}${beside}`;
  return true;
}
