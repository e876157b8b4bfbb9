import { afterFailure, pulumi, selectStack, stackOutputs } from "./example.mjs";
import { runMain } from "./lib/failure.mjs";
import { everything, prepare } from "./prepare.mjs";

await runMain(async () => {
  const env = await prepare(everything);
  await selectStack(env);
  const code = await pulumi(["up", "--yes"], env);
  if (code !== 0) {
    process.stderr.write(afterFailure);
    return code;
  }
  const { device, mountPoint, sizeGib } = await stackOutputs(env);
  const next = Number(sizeGib) + 1;
  process.stdout.write(`
What was made
  device        ${device}
  mounted at    ${mountPoint}
  size          ${sizeGib} GiB

What comes next
  grow it         npm run pulumi -- config set sizeGib ${next}
  preview that    npm run pulumi -- preview --diff
  do it           npm run pulumi -- up
  tear down       npm run destroy
`);
  return 0;
});
