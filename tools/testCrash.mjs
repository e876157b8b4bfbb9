import { parseArgs } from "node:util";
import { Failure, runMain } from "./lib/failure.mjs";
import { wholeNumber } from "./lib/wholeNumber.mjs";
import { prepare, requireFitMachine } from "./prepare.mjs";
import { runSuite } from "./suites/runSuite.mjs";
import { resultTable } from "./suites/table.mjs";

/** @typedef {import("./prepare.mjs").Need} Need */

/** What each service's rounds are, and need. @type {Record<string, { file: string, needs: readonly Need[] }>} */
const services = {
  lvm: { file: "test/scenarios/crash.test.ts", needs: ["host", "dist", "pulumi"] },
  cinder: { file: "test/scenarios/cinderCrash.test.ts", needs: ["host", "dist", "pulumi", "cinder"] },
};

/** How long a round may take, and what is around them, in seconds. */
const roundS = 120;
const aroundS = 180;

// `npm run test:crash -- --rounds 100 --seed 7 --service cinder`; what is not said is chosen, or both services.
// `--service lvm --guest` has LVM's rounds under device-mapper.
await runMain(async () => {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      rounds: { type: "string" },
      service: { type: "string" },
      guest: { type: "boolean" },
    },
  });
  if (values.guest && values.service !== "lvm") throw new Failure("--guest goes with --service lvm.");
  const rounds = wholeNumber("rounds", values.rounds ?? "10");
  const seed = wholeNumber("seed", values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
  const names = values.service === undefined ? Object.keys(services) : [values.service];
  const chosen = names.map((name) => {
    const service = services[name];
    if (service === undefined) throw new Failure(`--service is one of ${Object.keys(services).join(", ")}.`);
    return { name, ...service };
  });
  /** @type {Pick<import("./suites/suites.mjs").Suite, "guest">} */
  const place = values.guest ? { guest: "inside" } : {};
  const needs = [
    ...new Set([
      ...chosen.flatMap((service) => service.needs),
      .../** @type {Need[]} */ (values.guest ? ["guest"] : []),
    ]),
  ];
  requireFitMachine(needs);
  const env = await prepare(needs);
  const rows = [];
  for (const { name, file, needs: own } of chosen) {
    const rules = { BLOCKBOX_SEED: String(seed), BLOCKBOX_ROUNDS: String(rounds) };
    const suite = { name, needs: own, limitS: aroundS + rounds * roundS, tests: file, atOnce: 1, env: rules, ...place };
    rows.push({ name, ...(await runSuite(suite, env)) });
  }
  process.stdout.write(`\n${resultTable(rows)}`);
  return rows.some((row) => row.failed > 0) ? 1 : 0;
});
