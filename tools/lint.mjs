import { runMain } from "./lib/failure.mjs";
import { requireFitMachine } from "./prepare.mjs";
import { runSuites } from "./suites/run.mjs";

await runMain(async () => {
  requireFitMachine(["dist"]);
  return runSuites(["lint", "types"]);
});
