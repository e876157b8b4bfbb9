import type * as Grpc from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as ProviderProto from "@pulumi/pulumi/proto/provider_pb.js";
import type { JavaScriptValue, Struct as StructType } from "google-protobuf/google/protobuf/struct_pb.js";
import { fromPackage, fromPulumi } from "./paths.js";
import { makeProgramDir } from "./programDir.js";
import { startProvider } from "./provider.js";
import type { Props } from "./rpc.js";

const grpc = fromPulumi("@grpc/grpc-js") as typeof Grpc;
const { Struct } = fromPulumi("google-protobuf/google/protobuf/struct_pb.js") as { Struct: typeof StructType };
const { Empty } = fromPulumi("google-protobuf/google/protobuf/empty_pb.js") as { Empty: new () => unknown };
const { ResourceProviderClient: Client } = fromPackage("@pulumi/pulumi/proto/provider_grpc_pb.js") as {
  ResourceProviderClient: typeof ResourceProviderClient;
};
export const proto = fromPackage("@pulumi/pulumi/proto/provider_pb.js") as typeof ProviderProto;

export const empty = () => new Empty();
export const struct = (props: Props) => Struct.fromJavaScript(props as Record<string, JavaScriptValue>);

const signature = "4dabf18193072939515e22adb298388d";
/** A secret as the engine writes it. */
export const secret = (value: unknown) => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });

type Done<Response> = (error: Grpc.ServiceError | null, response: Response) => void;
type Method = "checkConfig" | "diffConfig" | "check" | "create" | "update" | "invoke" | "getSchema" | "getPluginInfo";

/** A plugin and its protocol, message by message. */
export async function startPlugin(lifetime: { after(body: () => Promise<void>): void }) {
  const cwd = await makeProgramDir();
  const provider = await startProvider({ cwd, door: "plugin" });
  lifetime.after(() => provider.stop());
  const client = new Client(`127.0.0.1:${provider.port}`, grpc.credentials.createInsecure());
  lifetime.after(async () => client.close());
  return {
    provider,
    /** The answer to a request. */
    ask<Response>(method: Method, request: unknown): Promise<Response> {
      const call = client[method].bind(client) as unknown as (request: unknown, done: Done<Response>) => unknown;
      return new Promise((resolve, reject) => {
        call(request, (error, response) => (error ? reject(error) : resolve(response)));
      });
    },
  };
}
