import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guestOut, runInGuest } from "../guest/boot.mjs";
import { cpuVariable } from "../guest/cpu.mjs";
import { runGroup } from "../lib/children.mjs";
import { root } from "../lib/places.mjs";
import { aloud } from "./voice.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @typedef {{ suite: import("./suites.mjs").Suite, env: import("../lib/environment.mjs").Environment, voice: import("./voice.mjs").Voice }} Run */

/**
 * Runs one suite. What ran nothing, could not start or took too long has failed.
 * @param {import("./suites.mjs").Suite} suite
 * @param {import("../lib/environment.mjs").Environment} env
 * @param {import("./voice.mjs").Voice} [voice]
 * @returns {Promise<Counts & { seconds: number }>}
 */
export async function runSuite(suite, env, voice = aloud) {
  const begin = performance.now();
  voice.say(`\n=== ${suite.name}\n`);
  const { commands, tests = [] } = suite;
  /** @type {Run} */
  const run = { suite, env: { ...env, ...suite.env }, voice };
  const counts = commands ? await runCommands(run, commands) : await runTests(run, [tests].flat());
  voice.end();
  return { ...counts, seconds: (performance.now() - begin) / 1000 };
}

/**
 * @param {Run} run
 * @param {NonNullable<import("./suites.mjs").Suite["commands"]>} commands
 * @returns {Promise<Counts>}
 */
async function runCommands(run, commands) {
  let failed = 0;
  for (const [script, ...args] of commands) {
    const { code } = await runLimited(run, [join(root, "node_modules", script), ...args]);
    if (code !== 0) failed = 1;
  }
  return { passed: 1 - failed, failed, skipped: 0 };
}

/**
 * @param {Run} run
 * @param {readonly string[]} places
 * @returns {Promise<Counts>}
 */
async function runTests(run, places) {
  const { suite, voice } = run;
  const files = places.flatMap(testFiles);
  if (files.length === 0) {
    voice.say(`${suite.name}: there is no *.test.ts in ${places.join(", ")}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const out = mkdtempSync(join(tmpdir(), "blockbox-test-"));
  try {
    const report = join(suite.guest === "inside" ? guestOut : out, "counts");
    const reporters = ["spec", "stdout", join(root, "tools/suites/countReporter.mjs"), report];
    const args = [
      ...["--import", "tsx", "--test"],
      ...(suite.oneProcess ? ["--test-isolation=none"] : []),
      ...(suite.atOnce === undefined ? [] : [`--test-concurrency=${suite.atOnce}`]),
      ...reporters.map((value, index) => `--test-reporter${index % 2 ? "-destination" : ""}=${value}`),
      ...files,
    ];
    const { code } = await runLimited(run, args, out);
    const counts = readCounts(join(out, "counts"));
    if (counts.passed + counts.failed === 0) voice.say(`${suite.name}: no test ran\n`);
    // A runner that failed without a failed test, or ended well without any: the suite itself is what failed.
    const suiteFailed = counts.failed === 0 && (code !== 0 || counts.passed === 0);
    return suiteFailed ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/**
 * @param {Run} run
 * @param {readonly string[]} args of node
 * @param {string} [out] the host's folder that the guest has as its /out
 */
async function runLimited({ suite, env, voice }, args, out) {
  const options = { cwd: root, env, timeoutMs: suite.limitS * 1000, inherit: voice.isOwn };
  const end =
    suite.guest === "inside"
      ? await runInGuest(
          ["node", ...args],
          { ...options, env: { ...env, BLOCKBOX_GUEST: "1" }, out, cpu: env[cpuVariable] },
          voice.say,
        )
      : await runGroup("node", args, options, voice.say);
  if (!end.timedOut) return end;
  voice.say(`\n${suite.name}: not done after ${suite.limitS} s, ended\n`);
  return { ...end, code: end.code || 124 };
}

/** @param {string} folder or a single file */
function testFiles(folder) {
  if (folder.endsWith(".test.ts")) return [folder];
  try {
    const all = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    const names = all.filter((name) => name.endsWith(".test.ts"));
    return names.sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/**
 * @param {string} path written by countReporter.mjs as results come, so that it is there after a limit too
 * @returns {Counts}
 */
function readCounts(path) {
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // It could not start.
  }
  for (const line of text.split("\n")) {
    if (line === "passed" || line === "failed" || line === "skipped") counts[line] += 1;
  }
  return counts;
}
