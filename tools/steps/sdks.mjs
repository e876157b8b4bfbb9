import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/places.mjs";
import { quiet } from "../lib/quiet.mjs";
import { sdkGenerator } from "./sdkGenerator.mjs";

/** The packages that are written from schema.json, by their folders in sdk/. `plugin`: TypeScript's classes of the plugin. */
export const languages = /** @type {const} */ (["python", "go", "plugin"]);

/**
 * @param {(typeof languages)[number]} language
 * @param {string} folder which must not be there
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function writeSdk(language, folder, env) {
  const generator = language === "plugin" ? "nodejs" : language;
  await quiet(sdkGenerator, [join(root, "schema.json"), generator, folder], {
    env,
    timeoutMs: 60_000,
    what: `write the package for ${language}`,
  });
  for (const name of [".gitattributes", ".gitignore"]) rmSync(join(folder, name), { force: true });
  if (language === "plugin") asPartOfThePackage(folder);
}

/**
 * The classes are a folder of this npm package. A package.json of their own says that they are CommonJS, and the version
 * of the plugin that they want; but not that they need one (`pulumi.resource`), for which Pulumi searches node_modules:
 * it would try to download a plugin for programs that use the dynamic classes.
 * @param {string} folder
 */
function asPartOfThePackage(folder) {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ type: "commonjs", version }, undefined, 2)}\n`);
  for (const name of ["README.md", "tsconfig.json"]) rmSync(join(folder, name));
}
