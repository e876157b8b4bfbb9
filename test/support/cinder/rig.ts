import { join } from "node:path";
import { cinderPlaces } from "../../../tools/steps/cinderPlaces.mjs";
import { makeStateFolders, writeConfiguration } from "./configuration.js";
import { startDatabase } from "./database.js";
import { makeGround, rigFolder } from "./ground.js";
import { freePort } from "./ports.js";
import { mountShares } from "./shares.js";
import { untilReady } from "./waiting.js";

export async function startCinder() {
  const release = cinderPlaces.pypi;
  const ground = makeGround("cinder");
  const state = ground.folder;
  await makeStateFolders(state);
  const backends = ["nfs", "nfs2", "faults"];
  const [port, database] = [await freePort(), await startDatabase(ground, release.seed)];
  await mountShares(state, backends);
  const own = await writeConfiguration(join(state, "rig.conf"), {
    DEFAULT: {
      auth_strategy: "noauth",
      transport_url: "fake://",
      state_path: state,
      volumes_dir: "$state_path/volumes",
      image_conversion_dir: "$state_path/conversion",
      api_paste_config: join(release.configuration, "api-paste.ini"),
      resource_query_filters_file: join(release.configuration, "resource_filters.json"),
      rootwrap_config: join(release.configuration, "rootwrap.conf"),
      osapi_volume_listen_port: port,
      enabled_backends: backends.join(","),
    },
    database: { connection: database.url },
    coordination: { backend_url: `file://${state}/coordination` },
  });
  const files = [join(rigFolder, "cinder.conf"), own].flatMap((file) => ["--config-file", file]);
  const cinder = ground.run("cinder", release.python, [join(rigFolder, "together.py"), ...files]);
  const endpoint = `http://127.0.0.1:${port}/v3`;
  await untilReady(cinder, "reporting all pools", async () => {
    const response = await fetch(`${endpoint}/scheduler-stats/get_pools`, {
      headers: { "x-auth-token": "admin:b10cb0" },
    });
    return ((await response.json()) as { pools: unknown[] }).pools.length === backends.length;
  });
  return { endpoint, project: "b10cb0", logs: ground.logs, folder: state, stop: () => ground.clear() };
}
