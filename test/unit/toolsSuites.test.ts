import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Suite } from "../../tools/suites/suites.mjs";
import { root } from "../support/paths.js";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "bbt-suites-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const importTest = 'import { test } from "node:test";\n';
const passes = `${importTest}test("passes", () => {});\n`;
const fails = `${importTest}test("fails", () => { throw new Error("it must"); });\n`;

interface Case {
  name: string;
  /** Text of a suite's test files; none: the suite's folder is not there. */
  files?: Record<string, string>;
  /** What the suite adds to its environment. */
  env?: Record<string, string>;
  /** A suite that is not of tests: its program. */
  program?: string;
  limitS?: number;
  /** Where the suite looks for node. */
  path?: string;
  code: number;
  last: string;
}

const cases: Case[] = [
  { name: "tests that pass", files: { a: passes, b: passes }, code: 0, last: "2 passed, 0 failed" },
  { name: "a test in a folder below", files: { a: passes, "below/b": passes }, code: 0, last: "2 passed, 0 failed" },
  {
    name: "an environment of its own",
    files: {
      a: `${importTest}test("told", () => { if (process.env.BBT_OWN !== "yes") throw new Error("untold"); });\n`,
    },
    env: { BBT_OWN: "yes" },
    code: 0,
    last: "1 passed, 0 failed",
  },
  { name: "a test that fails", files: { a: passes, b: fails }, code: 1, last: "1 passed, 1 failed" },
  {
    name: "a skipped test beside one that passes",
    files: { a: `${passes}test.skip("skipped", () => {});\n` },
    code: 0,
    last: "1 passed, 0 failed",
  },
  {
    name: "only a skipped test",
    files: { a: `${importTest}test.skip("skipped", () => {});\n` },
    code: 1,
    last: "0 passed, 1 failed",
  },
  { name: "no folder", code: 1, last: "0 passed, 1 failed" },
  { name: "a folder without a test file", files: {}, code: 1, last: "0 passed, 1 failed" },
  { name: "a file without a test", files: { a: "export {};\n" }, code: 1, last: "0 passed, 1 failed" },
  { name: "a file that does not load", files: { a: 'import "./absent.js";\n' }, code: 1, last: "0 passed, 1 failed" },
  {
    name: "a test that does not end",
    files: { a: passes, b: `${importTest}test("hangs", () => new Promise(() => setInterval(() => {}, 1000)));\n` },
    limitS: 4,
    code: 1,
    last: "1 passed, 1 failed",
  },
  { name: "no node to run it", files: { a: passes }, path: "/nowhere", code: 1, last: "0 passed, 1 failed" },
  { name: "a program that ends well", program: "", code: 0, last: "1 passed, 0 failed" },
  { name: "a program that fails", program: "process.exit(3);", code: 1, last: "0 passed, 1 failed" },
];

describe("a run of a suite ends with its counts, and with 0 only if tests ran and all passed", () => {
  for (const { name, files, program, env = {}, limitS = 60, path, code, last } of cases) {
    it(name, () => {
      const own = mkdtempSync(join(folder, "suite-"));
      const tests = join(own, "tests");
      if (files !== undefined) mkdirSync(tests);
      for (const [file, text] of Object.entries(files ?? {})) {
        mkdirSync(dirname(join(tests, file)), { recursive: true });
        writeFileSync(join(tests, `${file}.test.ts`), text);
      }
      const script = join(own, "program.mjs");
      if (program !== undefined) writeFileSync(script, program);
      const kind =
        program === undefined
          ? { tests: relative(root, tests) }
          : { commands: [[relative(join(root, "node_modules"), script)] as [string]] };
      const result = runSuites([{ name: "example", needs: [], limitS, env, ...kind }], path);
      assert.equal(result.status, code, result.stdout + result.stderr);
      assert.equal(result.stdout.trimEnd().split("\n").at(-1), last, result.stdout + result.stderr);
    });
  }

  it("one failed suite among others", () => {
    const good = join(folder, "good");
    mkdirSync(good);
    writeFileSync(join(good, "a.test.ts"), passes);
    const suite = (name: string, tests: string) => ({ name, needs: [], limitS: 60, tests: relative(root, tests) });
    const result = runSuites([suite("absent", join(folder, "absent")), suite("good", good)]);
    assert.equal(result.status, 1);
    assert.match(result.stdout, /^absent +[\d.]+ +0 +1 +0$/m);
    assert.match(result.stdout, /^good +[\d.]+ +1 +0 +0$/m);
    assert.match(result.stdout, /\n1 passed, 1 failed\n$/);
  });
});

/** In a process of its own, as `npm test` runs them, so that its reporters do not mix with ours. */
function runSuites(suites: Suite[], path?: string) {
  const tool = (name: string) => JSON.stringify(pathToFileURL(join(root, "tools", name)).href);
  const main = `
    import { baseEnvironment } from ${tool("lib/environment.mjs")};
    import { runMain } from ${tool("lib/failure.mjs")};
    import { runPrepared } from ${tool("suites/run.mjs")};
    const { suites, path } = JSON.parse(process.argv[1]);
    const env = baseEnvironment();
    if (path) env.PATH = path;
    await runMain(() => runPrepared(suites, [{ name: "prepare", seconds: 0 }], env));
  `;
  const args = ["--input-type=module", "--eval", main, JSON.stringify({ suites, path })];
  return spawnSync(process.execPath, args, { encoding: "utf8", timeout: 90_000 });
}
