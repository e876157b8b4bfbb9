import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ground } from "./ground.js";
import { freePort } from "./ports.js";
import { acceptsConnections, untilReady } from "./waiting.js";

/** RabbitMQ with its own epmd, both on ports of their own. Answers the transport's URL. */
export async function startRabbit(ground: Ground): Promise<string> {
  const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()];
  const folder = join(ground.folder, "rabbit");
  const plugins = join(folder, "plugins");
  await mkdir(folder);
  await writeFile(plugins, "[].\n");
  const env = {
    HOME: folder, // its cookie's
    ERL_EPMD_ADDRESS: "127.0.0.1",
    ERL_EPMD_PORT: String(mapper),
    ERL_CRASH_DUMP_SECONDS: "0",
    RABBITMQ_NODENAME: "rig@localhost",
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
    RABBITMQ_MNESIA_BASE: folder,
    RABBITMQ_LOG_BASE: ground.logs,
    RABBITMQ_CONFIG_FILE: join(folder, "none"),
    RABBITMQ_CONF_ENV_FILE: join(folder, "none"),
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
  };
  const epmd = ground.run("epmd", "epmd", ["-address", "127.0.0.1", "-port", String(mapper)], { env });
  await untilReady(epmd, "listening", () => acceptsConnections({ port: mapper }), 20_000);
  // Not the one on PATH, which wants to be another user and reads the machine's own configuration.
  const server = ground.run("rabbitmq", "/usr/lib/rabbitmq/bin/rabbitmq-server", [], { env });
  await untilReady(server, "listening", () => acceptsConnections({ port }), 90_000);
  return `rabbit://guest:guest@127.0.0.1:${port}/`;
}
