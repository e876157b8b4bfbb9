import { runMain } from "./lib/failure.mjs";
import { requireFitMachine } from "./prepare.mjs";
import { runSuites } from "./suites/run.mjs";

// `npm test` runs all suites, `npm test -- unit grpc` those.
await runMain(async () => {
  requireFitMachine();
  return runSuites(process.argv.slice(2));
});
