import { explain, Failure } from "../lib/failure.mjs";
import { prepare } from "../prepare.mjs";
import { runSuite } from "./runSuite.mjs";
import { suites } from "./suites.mjs";
import { resultTable } from "./table.mjs";

/**
 * Prepares what the named suites need, runs them in order, and prints the table.
 * @param {readonly string[]} names none: all
 * @returns {Promise<number>} the exit code
 */
export async function runSuites(names) {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    const known = suites.map((suite) => suite.name).join(", ");
    throw new Failure(`There is no suite ${unknown.join(", ")}: there are ${known}.`);
  }
  const chosen = names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
  const begin = performance.now();
  /** @type {import("../lib/environment.mjs").Environment} */
  let env;
  try {
    env = await prepare(chosen.flatMap((suite) => suite.needs));
  } catch (error) {
    const failed = { name: "prepare", seconds: since(begin), passed: 0, failed: 1, skipped: 0 };
    process.stdout.write(`${explain(error)}

${resultTable([failed])}`);
    return 1;
  }
  return runPrepared(chosen, [{ name: "prepare", seconds: since(begin) }], env);
}

/**
 * @param {readonly import("./suites.mjs").Suite[]} chosen
 * @param {import("./table.mjs").Row[]} rows the table's first
 * @param {import("../lib/environment.mjs").Environment} env
 * @returns {Promise<number>} the exit code
 */
export async function runPrepared(chosen, rows, env) {
  for (const suite of chosen) rows.push({ name: suite.name, ...(await runSuite(suite, env)) });
  process.stdout.write(`\n${resultTable(rows)}`);
  return rows.some((row) => row.failed) ? 1 : 0;
}

/** @param {number} begin */
function since(begin) {
  return (performance.now() - begin) / 1000;
}
