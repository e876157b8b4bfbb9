import type * as Grpc from "@grpc/grpc-js";
import type * as ProviderService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { fromPackage, fromPulumi } from "./paths.js";

const grpc = fromPulumi("@grpc/grpc-js") as typeof Grpc;
const { ResourceProviderService } = fromPackage("@pulumi/pulumi/proto/provider_grpc_pb.js") as typeof ProviderService;
const options = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

export interface RpcProxy {
  /** For the engine: it attaches to the provider that PULUMI_DEBUG_PROVIDERS names. */
  readonly env: { readonly PULUMI_DEBUG_PROVIDERS: string };
  stop(): void;
}

/** What a bystander does before a call is passed on, and with its answer before that is. */
export interface Bystander {
  called?(method: string): void;
  answered?(method: string): Promise<void> | void;
}

/** Stands between the engine and a plugin that listens on `port`: passes on each call and its answer as they are. */
export async function startRpcProxy(port: number, { called, answered }: Bystander): Promise<RpcProxy> {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
  const asItIs = (bytes: Buffer) => bytes;
  const bytes = {
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  };
  const methods = Object.entries(ResourceProviderService as Grpc.ServiceDefinition);
  const pass = (method: string, path: string): Grpc.handleUnaryCall<Buffer, Buffer> => {
    return ({ request }, answer) => {
      called?.(method);
      client.makeUnaryRequest(path, asItIs, asItIs, request, async (error, response) => {
        await answered?.(method);
        if (error) answer(error);
        else answer(null, response as Buffer);
      });
    };
  };
  const server = new grpc.Server(options);
  server.addService(
    Object.fromEntries(methods.map(([method, definition]) => [method, { ...definition, ...bytes }])),
    Object.fromEntries(methods.map(([method, { path }]) => [method, pass(method, path)])),
  );
  const own = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    env: { PULUMI_DEBUG_PROVIDERS: `blockbox:${own}` },
    stop() {
      server.forceShutdown();
      client.close();
    },
  };
}
