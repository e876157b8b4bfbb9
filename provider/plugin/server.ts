import { cancel } from "../cancellation.js";
import { watchEngine } from "../engineWatch.js";
import { noticesGoTo, progressGoesTo } from "../host/notice.js";
import { attach, getPluginInfo, getSchema, handshake } from "./about.js";
import { checkConfig, configure, diffConfig } from "./configuration.js";
import { connectEngine, showProgress, tellEngine } from "./engine.js";
import { invoke } from "./functions.js";
import { channelOptions, EmptyMessage, type Grpc, grpc, ResourceProviderService } from "./protocol.js";
import { unary } from "./request.js";
import { check, create, diff, read, remove, update } from "./resources.js";

/** What the engine may call; what is not here is answered as unimplemented. */
const service: Grpc.UntypedServiceImplementation = {
  handshake: unary(handshake),
  attach: unary(empty(attach)),
  getPluginInfo: unary(getPluginInfo),
  getSchema: unary(getSchema),
  checkConfig: unary(checkConfig),
  diffConfig: unary(diffConfig),
  configure: unary(configure),
  check: unary(check),
  diff: unary(diff),
  create: unary(create),
  read: unary(read),
  update: unary(update),
  delete: unary(empty(remove)),
  invoke: unary(invoke),
  cancel: unary(empty(async () => cancel())),
};

function empty<Request>(body: (request: Request) => Promise<void>) {
  return async (request: Request) => {
    await body(request);
    return new EmptyMessage();
  };
}

/**
 * Serves Pulumi's provider protocol, and prints the port, as the engine expects it of a plugin that it starts.
 * @param engineAddress nothing: an engine will attach itself
 */
export async function serve(engineAddress: string | undefined): Promise<void> {
  noticesGoTo(tellEngine);
  progressGoesTo(showProgress);
  const server = new grpc.Server(channelOptions);
  server.addService(ResourceProviderService, service);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  if (engineAddress !== undefined) {
    connectEngine(engineAddress);
    watchEngine(engineAddress);
  }
  process.stdout.write(`${port}\n`);
}
