import { parseArgs } from "node:util";
import { runMain } from "./lib/failure.mjs";
import { wholeNumber } from "./lib/wholeNumber.mjs";
import { prepare, requireFitMachine } from "./prepare.mjs";
import { runSuite } from "./suites/runSuite.mjs";
import { resultTable } from "./suites/table.mjs";

/** How long an edit may take, and what is around them, in seconds. */
const editS = 60;
const aroundS = 180;

// `npm run fuzz -- --edits 200 --seed 7`: random programs and edits, each previewed and then made.
await runMain(async () => {
  const { values } = parseArgs({ options: { seed: { type: "string" }, edits: { type: "string" } } });
  const edits = wholeNumber("edits", values.edits ?? "20");
  const seed = wholeNumber("seed", values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
  /** @type {readonly import("./prepare.mjs").Need[]} */
  const needs = ["host", "dist", "pulumi", "cinder"];
  requireFitMachine(needs);
  const env = await prepare(needs);
  const rules = { BLOCKBOX_SEED: String(seed), BLOCKBOX_EDITS: String(edits) };
  const suite = { name: "fuzz", needs, limitS: aroundS + edits * editS, tests: "test/fuzz/fidelity.test.ts" };
  const row = { name: "fuzz", ...(await runSuite({ ...suite, atOnce: 1, env: rules }, env)) };
  process.stdout.write(`\n${resultTable([row])}`);
  return row.failed > 0 ? 1 : 0;
});
