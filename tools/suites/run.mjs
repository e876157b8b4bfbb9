import { allowedCpus, cpuVariable } from "../guest/cpu.mjs";
import { explain, Failure } from "../lib/failure.mjs";
import { prepare } from "../prepare.mjs";
import { runSuite } from "./runSuite.mjs";
import { suites } from "./suites.mjs";
import { resultTable } from "./table.mjs";
import { aloud, collected } from "./voice.mjs";

/**
 * Prepares what the named suites need, runs them in order, and prints the table.
 * @param {readonly string[]} names none: all
 * @returns {Promise<number>} the exit code
 */
export async function runSuites(names) {
  const unknown = names.filter((name) => !suites.some((suite) => isNamed(suite, [name])));
  if (unknown.length > 0) {
    const known = suites.map((suite) => suite.name).join(", ");
    throw new Failure(`There is no suite ${unknown.join(", ")}: there are ${known}, and guest for all of the guest's.`);
  }
  const chosen = suites.filter((suite) => names.length === 0 || isNamed(suite, names));
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
  const begin = performance.now();
  const before = rows.reduce((total, row) => total + row.seconds, 0);
  const beside = chosen.filter((suite) => suite.guest);
  const others = chosen.filter((suite) => !suite.guest);
  // What fails fast and takes both processors comes first.
  const first = beside.length === 0 ? others : others.filter((suite) => !suite.needs.includes("pulumi"));
  rows.push(...(await inOrder([...first], env, aloud)));
  const later = others.filter((suite) => !first.includes(suite));
  rows.push(...(await inLanes(later, beside, env)));
  process.stdout.write(`\n${resultTable(rows, before + since(begin))}`);
  return rows.some((row) => row.failed) ? 1 : 0;
}

/**
 * What runs on this machine, and beside it the guest's suites on the last processor; on the first one too once the
 * others are done.
 * @param {readonly import("./suites.mjs").Suite[]} others
 * @param {readonly import("./suites.mjs").Suite[]} guests
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function inLanes(others, guests, env) {
  const { first, last } = allowedCpus();
  const queue = [...guests];
  const isAlone = others.length === 0 && (guests.length === 1 || first === last);
  const voice = () => (isAlone ? aloud : collected());
  const onFirst = async () => {
    const rows = await inOrder([...others], env, aloud);
    return first === last ? rows : [...rows, ...(await inOrder(queue, { ...env, [cpuVariable]: first }, voice()))];
  };
  return (await Promise.all([inOrder(queue, env, voice()), onFirst()])).flat();
}

/**
 * One after another, each by whichever lane comes first.
 * @param {import("./suites.mjs").Suite[]} queue
 * @param {import("../lib/environment.mjs").Environment} env
 * @param {import("./voice.mjs").Voice} voice
 */
async function inOrder(queue, env, voice) {
  const rows = [];
  for (let suite = queue.shift(); suite; suite = queue.shift()) {
    rows.push({ name: suite.name, ...(await runSuite(suite, env, voice)) });
  }
  return rows;
}

/**
 * @param {import("./suites.mjs").Suite} suite
 * @param {readonly string[]} names
 */
function isNamed({ name, guest }, names) {
  return names.includes(name) || (guest !== undefined && names.includes("guest"));
}

/** @param {number} begin */
function since(begin) {
  return (performance.now() - begin) / 1000;
}
