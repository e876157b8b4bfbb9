import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type * as Grpc from "@grpc/grpc-js";
import type * as EngineProto from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import { fromPackage, fromPulumi } from "./paths.js";
import type { Door } from "./rpc.js";

const grpc = fromPulumi("@grpc/grpc-js") as typeof Grpc;
const { EngineService } = fromPackage("@pulumi/pulumi/proto/engine_grpc_pb.js") as typeof EngineProto;
const { Empty } = fromPulumi("google-protobuf/google/protobuf/empty_pb.js") as { Empty: new () => never };

/** What the provider sees of an engine: an address that accepts connections until it dies, and takes what a plugin says. */
export interface EngineAddress {
  readonly address: string;
  /** Refuses every connection from now on, as the address of a dead engine does. */
  die(): Promise<void>;
  isAlive(): boolean;
}

/** @param hear each message of a plugin; the dynamic door's process prints its messages */
export async function listenAsEngine(hear: (message: string) => void, door: Door): Promise<EngineAddress> {
  const engine = new grpc.Server();
  engine.addService(EngineService, {
    log: ({ request }: { request: LogRequest }, answer: (error: null, reply: unknown) => void) => {
      hear(request.getMessage());
      answer(null, new Empty());
    },
  });
  const injector = engine.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    if (door === "plugin") injector.injectConnection(socket);
    else socket.resume();
    socket.unref();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // it lives for the provider's sake: what a test waits for keeps this process going
  server.unref();
  const { port } = server.address() as AddressInfo;
  let dead = false;
  return {
    address: `127.0.0.1:${port}`,
    isAlive: () => !dead,
    async die() {
      if (dead) return;
      dead = true;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
