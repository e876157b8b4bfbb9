import { runMain } from "./lib/failure.mjs";
import { everything, requireFitMachine } from "./prepare.mjs";
import { runSuites } from "./suites/run.mjs";

// `npm test` runs all suites, `npm test -- unit grpc` those.
await runMain(async () => {
  requireFitMachine(everything);
  return runSuites(process.argv.slice(2));
});
