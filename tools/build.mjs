import { runMain } from "./lib/failure.mjs";
import { prepare } from "./prepare.mjs";

await runMain(async () => {
  await prepare(["dist"]);
});
