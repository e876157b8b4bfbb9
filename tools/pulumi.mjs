import { pulumi, selectStack } from "./example.mjs";
import { runMain } from "./lib/failure.mjs";
import { everything, prepare } from "./prepare.mjs";

// The prepared CLI on the example's stack: `npm run pulumi -- preview`, `… config set sizeGib 3`, `… up`.
await runMain(async () => {
  const env = await prepare(everything);
  await selectStack(env);
  return pulumi(process.argv.slice(2), env);
});
