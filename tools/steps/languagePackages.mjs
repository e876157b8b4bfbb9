import { bringPackages, lackingOf } from "./debianPackages.mjs";

/** @type {Record<string, string>} Debian's packages that programs in Python need, by a file of theirs */
const fileOf = { "python3-venv": "/usr/lib/python3.11/ensurepip/__init__.py" };

/** @param {import("../lib/environment.mjs").Environment} env */
export const lackingLanguagePackages = (env) => lackingOf({}, fileOf, env);

/** @param {import("../lib/environment.mjs").Environment} env */
export const bringLanguagePackages = (env) => bringPackages(lackingLanguagePackages, env);
