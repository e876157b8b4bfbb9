import { join } from "node:path";
import { cinderPlace } from "../../../tools/steps/cinderPlaces.mjs";
import { Api } from "./api.js";
import { makeStateFolders, writeConfiguration } from "./configuration.js";
import { startDatabase } from "./database.js";
import { type Ground, makeGround, rigFolder } from "./ground.js";
import { makeIscsiHost } from "./iscsiHost.js";
import { startKeystone } from "./keystone.js";
import type { BackendName, CinderOptions, CinderRig } from "./options.js";
import { freePort } from "./ports.js";
import { startRabbit } from "./rabbit.js";
import { startServices } from "./services.js";
import { ownSettings } from "./settings.js";
import { mountShares, sharePoint } from "./shares.js";

/** A real Cinder on ports and in a folder of its own, usable when this resolves: all backends have reported their pools. */
export async function startCinder(options: CinderOptions = {}): Promise<CinderRig> {
  const ground = makeGround("cinder", options.folder);
  try {
    return await start(ground, options);
  } catch (error) {
    await ground.clear();
    throw error;
  }
}

async function start(ground: Ground, options: CinderOptions): Promise<CinderRig> {
  const { release = "pypi", auth = "noauth", services = "together", backends = ["nfs", "nfs2", "faults"] } = options;
  const state = ground.folder;
  const { python, configuration, seed } = cinderPlace(release);
  await makeStateFolders(state);
  await mountShares(state, backends);
  if (backends.includes("lio") || backends.includes("tgt")) await makeIscsiHost(state, options.folder);
  const [port, database, keystone, transport] = await allEnded([
    options.port ?? freePort(),
    startDatabase(ground, seed),
    auth === "keystone" ? startKeystone(ground, options.tokenSeconds) : undefined,
    services === "apart" ? startRabbit(ground) : "fake://",
  ]);
  const own = await writeConfiguration(
    join(state, "rig.conf"),
    ownSettings({
      state,
      configuration,
      port,
      transport,
      database: database.url,
      backends,
      keystone,
      address: options.address,
    }),
  );
  const endpoint = `http://127.0.0.1:${port}/v3`;
  await keystone?.offerBlockStorage(endpoint);
  const api = new Api(endpoint, keystone);
  const running = await startServices(
    services,
    { ground, python, files: [join(rigFolder, "cinder.conf"), own] },
    api,
    backends,
  );
  if (options.quotas) await api.limit(options.quotas);
  return {
    endpoint,
    project: keystone?.member.projectId ?? api.project,
    keystone,
    ...running,
    folder: state,
    logs: ground.logs,
    call: (method, path, body) => api.call(method, path, body),
    token: () => api.token(),
    sql: (statement) => database.sql(statement),
    filesOf: (backend: BackendName) => (backend === "faults" ? join(state, "faults") : sharePoint(state, backend)),
    stop: () => ground.clear(),
  };
}

/** As Promise.all, but when one fails the others are awaited too: what they start must be there to be cleared. */
async function allEnded<const T extends readonly unknown[]>(promises: T) {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
