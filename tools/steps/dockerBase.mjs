import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findAll } from "../lib/environment.mjs";
import { cacheDir } from "../lib/places.mjs";
import { attempt, quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { makeWhole } from "../lib/whole.mjs";

/** @typedef {import("../lib/environment.mjs").Environment} Environment */

const suite = "bookworm";
/** What this machine trusts: a registry near it may have a certificate of its own. */
const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** Where the base image's files are, packed; tests hand them to the Dockerfile in the place of a registry's image. */
export const dockerBase = () => join(cacheDir, `debian-${suite}-${digestOfThis()}`, "files.tar");

/**
 * A Debian for containers, made by debootstrap from the package sources of this machine, which it goes on using, as it
 * does this machine's settings for pip: no image registry is asked.
 * @param {Environment} env
 */
export async function bringDockerBase(env) {
  const file = dockerBase();
  if (existsSync(file)) return;
  await step(`Debian ${suite} for containers: making it with debootstrap`, () =>
    makeWhole(join(file, ".."), (folder) => make(folder, env)),
  );
}

/**
 * @param {string} folder
 * @param {Environment} env
 */
async function make(folder, env) {
  const files = join(folder, "files");
  const what = `make a Debian ${suite}`;
  /** @type {(command: string, ...args: string[]) => Promise<string>} */
  const run = (command, ...args) => quiet(command, args, { cwd: "/", env, timeoutMs: 10 * 60_000, what });
  const sources = await debianSources(env);
  const mirror = sources.find(({ release }) => release === suite)?.uri ?? "http://deb.debian.org/debian";
  await run("debootstrap", "--variant=minbase", "--include=ca-certificates", suite, files, mirror);
  /** @type {(path: string, lines: readonly string[]) => void} */
  const write = (path, lines) => writeFileSync(join(files, path), `${lines.join("\n")}\n`);
  const lines = sources.map(({ uri, release }) => `deb ${uri} ${release} main`);
  write("etc/apt/sources.list", lines.length > 0 ? lines : [`deb ${mirror} ${suite} main`]);
  write("etc/apt/apt.conf.d/90host", [
    'Acquire::Languages "none";',
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };',
    ...(await proxies(env)),
  ]);
  write("etc/pip.conf", ["[global]", ...(await pipSettings(files, env))]);
  await run("rm", "-rf", join(files, "var/cache/apt/archives"), join(files, "var/lib/apt/lists"));
  await run("mkdir", "-p", join(files, "var/cache/apt/archives/partial"), join(files, "var/lib/apt/lists/partial"));
  await run("tar", "--create", "--numeric-owner", "--file", join(folder, "files.tar"), "--directory", files, ".");
  rmSync(files, { recursive: true });
}

/**
 * Where this machine has its own Debian's packages from.
 * @param {Environment} env
 */
async function debianSources(env) {
  const format = ["--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"];
  const { text } = await attempt("apt-get", ["indextargets", ...format], { env, timeoutMs: 60_000 });
  const lines = [...new Set(text.split("\n"))].map((line) => line.split(" "));
  return lines.flatMap(([uri = "", release = ""]) =>
    release === suite || release.startsWith(`${suite}-`) ? [{ uri, release }] : [],
  );
}

/** @param {Environment} env */
async function proxies(env) {
  const { text } = await attempt("apt-config", ["dump"], { env, timeoutMs: 60_000 });
  return text.split("\n").filter((line) => /^Acquire::https?::Proxy\b.*".+";$/.test(line));
}

/**
 * Lines of a pip.conf.
 * @param {string} files of the image
 * @param {Environment} env
 */
async function pipSettings(files, env) {
  const python = findAll(env, "python3")[0] ?? "python3";
  const { code, text } = await attempt(python, ["-m", "pip", "config", "list"], { env, timeoutMs: 60_000 });
  /** @type {Map<string, string>} */
  const settings = new Map();
  for (const [, key = "", value = ""] of code === 0 ? text.matchAll(/^[\w:]+\.\.?([\w-]+)='(.*)'$/gm) : [])
    settings.set(key, value);
  const trusted = settings.get("cert") ?? certificates;
  if (existsSync(trusted)) writeFileSync(join(files, "etc/host-certificates.crt"), readFileSync(trusted));
  return [
    ...(existsSync(trusted) ? ["cert = /etc/host-certificates.crt"] : []),
    ...["index-url", "extra-index-url", "trusted-host", "proxy"].flatMap((key) => {
      const value = settings.get(key);
      return value === undefined ? [] : [`${key} = ${value}`];
    }),
  ];
}

function digestOfThis() {
  return createHash("sha256")
    .update(readFileSync(new URL(import.meta.url)))
    .digest("hex")
    .slice(0, 8);
}
