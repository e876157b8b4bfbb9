import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/places.mjs";
import { step } from "../lib/step.mjs";
import { npmCi } from "./npm.mjs";

/** Inside node_modules, so that it goes with it: `npm ci` removes it first, and it is written last. */
const stamp = join(root, "node_modules/.blockbox-lock");

/** @param {import("../lib/environment.mjs").Environment} env */
export async function bringNpmPackages(env) {
  const wanted = lockDigest();
  if (read(stamp) === wanted) return;
  await step("npm packages: installing what package-lock.json names", () =>
    npmCi(root, env, "install its npm packages"),
  );
  writeFileSync(stamp, wanted);
}

export function lockDigest() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
