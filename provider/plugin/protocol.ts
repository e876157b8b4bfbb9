import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import type * as EngineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type * as Engine from "@pulumi/pulumi/proto/engine_pb.js";
import type * as Plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as ProviderService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as Provider from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Status from "@pulumi/pulumi/proto/status_pb.js";
import type * as Any from "google-protobuf/google/protobuf/any_pb.js";
import type * as Empty from "google-protobuf/google/protobuf/empty_pb.js";
import type * as Struct from "google-protobuf/google/protobuf/struct_pb.js";

// Pulumi's protos work with the grpc and protobuf that Pulumi itself loads only. Its index, which takes four times as
// long to load as all of these, is not needed.
const load = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));

export type { Grpc, Plugin, Provider, Struct };
export const grpc = load("@grpc/grpc-js") as typeof Grpc;
export const { Struct: StructMessage } = load("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: typeof Struct.Struct;
};
export const { Any: AnyMessage } = load("google-protobuf/google/protobuf/any_pb.js") as { Any: typeof Any.Any };
export const { Empty: EmptyMessage } = load("google-protobuf/google/protobuf/empty_pb.js") as {
  Empty: typeof Empty.Empty;
};
export const provider = load("@pulumi/pulumi/proto/provider_pb.js") as typeof Provider;
export const { ResourceProviderService } = load("@pulumi/pulumi/proto/provider_grpc_pb.js") as typeof ProviderService;
export const { PluginInfo } = load("@pulumi/pulumi/proto/plugin_pb.js") as typeof Plugin;
export const { Status: StatusMessage } = load("@pulumi/pulumi/proto/status_pb.js") as typeof Status;
export const engine = load("@pulumi/pulumi/proto/engine_pb.js") as typeof Engine;
export const { EngineClient } = load("@pulumi/pulumi/proto/engine_grpc_pb.js") as typeof EngineService;

/** A state of hundreds of volumes goes in one message. */
export const channelOptions = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
