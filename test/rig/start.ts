import { parseArgs } from "node:util";
import type { BackendName, CinderOptions } from "../support/cinder/options.js";
import { startCinder } from "../support/cinder/rig.js";

// For development: node --import tsx test/rig/start.ts [--release debian] [--auth keystone] [--services apart] [--unlimited]
// [--backends nfs,nfs2] [--folder FOLDER] [--port PORT] [--address ADDRESS]
const { values } = parseArgs({
  options: {
    release: { type: "string" },
    auth: { type: "string" },
    services: { type: "string" },
    unlimited: { type: "boolean" },
    backends: { type: "string" },
    folder: { type: "string" },
    port: { type: "string" },
    address: { type: "string" },
  },
});
const { unlimited, backends, port, ...chosen } = values;
const quotas = { volumes: -1, snapshots: -1, gigabytes: -1 };

const begin = performance.now();
const rig = await startCinder({
  ...(chosen as CinderOptions),
  ...(unlimited ? { quotas } : {}),
  ...(backends === undefined ? {} : { backends: backends.split(",") as BackendName[] }),
  ...(port === undefined ? {} : { port: Number(port) }),
});
const lines = [
  `ready in ${((performance.now() - begin) / 1000).toFixed(1)} s: ${rig.endpoint}`,
  `an administrator's token: ${await rig.token()}`,
  `logs: ${rig.logs}`,
];
if (rig.keystone) {
  const { url, member } = rig.keystone;
  lines.push(
    `OS_AUTH_URL=${url} OS_USERNAME=${member.user} OS_PASSWORD="${member.password}" OS_PROJECT_NAME=${member.project} OS_USER_DOMAIN_ID=default OS_PROJECT_DOMAIN_ID=default`,
  );
} else lines.push(`OS_AUTH_TYPE=noauth OS_PROJECT_ID=${rig.project} CINDER_ENDPOINT=${rig.endpoint}`);
process.stdout.write(`${lines.join("\n")}\n`);

const awake = setInterval(() => undefined, 1 << 30);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, async () => {
    clearInterval(awake);
    await rig.stop();
  });
}
