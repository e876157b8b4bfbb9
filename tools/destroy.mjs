import { afterFailure, isStarted, pulumi, removeStack, selectStack } from "./example.mjs";
import { runMain } from "./lib/failure.mjs";
import { everything, prepare } from "./prepare.mjs";

await runMain(async () => {
  if (!isStarted()) {
    process.stdout.write("Nothing to tear down: `npm start` has made nothing here.\n");
    return 0;
  }
  const env = await prepare(everything);
  await selectStack(env);
  const code = await pulumi(["destroy", "--yes"], env);
  if (code !== 0) {
    process.stderr.write(afterFailure);
    return code;
  }
  await removeStack(env);
  process.stdout.write("\nAll of it is gone: volumes, mount, volume group, loop file and the stack.\n");
  return 0;
});
