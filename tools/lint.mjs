import { runMain } from "./lib/failure.mjs";
import { runSuites } from "./suites/run.mjs";

await runMain(() => runSuites(["lint", "types"]));
