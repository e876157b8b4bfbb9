import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGroup } from "../lib/children.mjs";
import { root } from "../lib/places.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Runs one suite with its output shown as it comes. What ran nothing, could not start or took too long has failed.
 * @param {import("./suites.mjs").Suite} suite
 * @param {import("../lib/environment.mjs").Environment} env
 * @returns {Promise<Counts & { seconds: number }>}
 */
export async function runSuite(suite, env) {
  const begin = performance.now();
  process.stdout.write(`\n=== ${suite.name}\n`);
  const { commands, tests = "" } = suite;
  const whole = { ...env, ...suite.env };
  const counts = commands ? await runCommands(suite, commands, whole) : await runTests(suite, tests, whole);
  return { ...counts, seconds: (performance.now() - begin) / 1000 };
}

/**
 * @param {import("./suites.mjs").Suite} suite
 * @param {NonNullable<import("./suites.mjs").Suite["commands"]>} commands
 * @param {import("../lib/environment.mjs").Environment} env
 * @returns {Promise<Counts>}
 */
async function runCommands(suite, commands, env) {
  let failed = 0;
  for (const [script, ...args] of commands) {
    const { code } = await runLimited(suite, [join(root, "node_modules", script), ...args], env);
    if (code !== 0) failed = 1;
  }
  return { passed: 1 - failed, failed, skipped: 0 };
}

/**
 * @param {import("./suites.mjs").Suite} suite
 * @param {string} folder
 * @param {import("../lib/environment.mjs").Environment} env
 * @returns {Promise<Counts>}
 */
async function runTests(suite, folder, env) {
  const files = testFiles(folder);
  if (files.length === 0) {
    process.stdout.write(`${suite.name}: there is no *.test.ts in ${folder}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const temporary = mkdtempSync(join(tmpdir(), "blockbox-test-"));
  try {
    const report = join(temporary, "counts");
    const reporters = ["spec", "stdout", join(root, "tools/suites/countReporter.mjs"), report];
    const { code } = await runLimited(
      suite,
      [
        ...["--import", "tsx", "--test"],
        ...(suite.atOnce === undefined ? [] : [`--test-concurrency=${suite.atOnce}`]),
        ...reporters.map((value, index) => `--test-reporter${index % 2 ? "-destination" : ""}=${value}`),
        ...files,
      ],
      env,
    );
    const counts = readCounts(report);
    if (counts.passed + counts.failed === 0) process.stdout.write(`${suite.name}: no test ran\n`);
    // A runner that failed without a failed test, or ended well without any: the suite itself is what failed.
    const suiteFailed = counts.failed === 0 && (code !== 0 || counts.passed === 0);
    return suiteFailed ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {import("./suites.mjs").Suite} suite
 * @param {readonly string[]} args
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function runLimited(suite, args, env) {
  const end = await runGroup("node", args, { cwd: root, env, timeoutMs: suite.limitS * 1000, inherit: true });
  if (!end.timedOut) return end;
  process.stdout.write(`\n${suite.name}: not done after ${suite.limitS} s, ended\n`);
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
