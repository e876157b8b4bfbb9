import { startCinder } from "../support/cinder/rig.js";

const begin = performance.now();
const rig = await startCinder();
process.stdout.write(`ready in ${((performance.now() - begin) / 1000).toFixed(1)} s: ${rig.endpoint}
  OS_AUTH_TYPE=noauth OS_PROJECT_ID=${rig.project} CINDER_ENDPOINT=${rig.endpoint}
  logs: ${rig.logs}
`);
const awake = setInterval(() => undefined, 1 << 30);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, async () => {
    clearInterval(awake);
    await rig.stop();
  });
}
