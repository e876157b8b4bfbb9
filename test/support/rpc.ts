import type * as Grpc from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as ProviderProto from "@pulumi/pulumi/proto/provider_pb.js";
import type * as StatusProto from "@pulumi/pulumi/proto/status_pb.js";
import type { JavaScriptValue, Struct as StructType } from "google-protobuf/google/protobuf/struct_pb.js";
import { fromPackage, fromPulumi } from "./paths.js";

export type Props = Record<string, unknown>;
export interface Failure {
  property: string;
  reason: string;
}
export interface Checked {
  inputs: Props;
  failures: Failure[];
}
export interface Diffed {
  /** `unknown` is what an answer without `changes` becomes: the engine then compares the inputs. */
  changes: "none" | "some" | "unknown";
  replaces: string[];
  deleteBeforeReplace: boolean;
}
export interface Created {
  id: string;
  outputs: Props;
}
export interface Read {
  /** Empty: gone. */
  id: string;
  outputs: Props;
  inputs: Props | undefined;
}

/** What a failed call said; `init` when the provider reported a resource that is there but not whole. */
export class CallError extends Error {
  override readonly name = "CallError";
  constructor(
    readonly method: string,
    message: string,
    readonly init: { readonly resource: string; readonly properties: Props; readonly reasons: string[] } | undefined,
  ) {
    super(message);
  }
}

const grpc = fromPulumi("@grpc/grpc-js") as typeof Grpc;
const { Struct } = fromPulumi("google-protobuf/google/protobuf/struct_pb.js") as { Struct: typeof StructType };
const { ResourceProviderClient: Client } = fromPackage("@pulumi/pulumi/proto/provider_grpc_pb.js") as {
  ResourceProviderClient: typeof ResourceProviderClient;
};
const proto = fromPackage("@pulumi/pulumi/proto/provider_pb.js") as typeof ProviderProto;
const { Status } = fromPackage("@pulumi/pulumi/proto/status_pb.js") as typeof StatusProto;
const { Empty } = fromPulumi("google-protobuf/google/protobuf/empty_pb.js") as { Empty: new () => never };

/** As the SDK sends it: what is undefined is left out. */
const struct = (props: Props) =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as Record<string, JavaScriptValue>);
const plain = (value: StructType | undefined): Props => value?.toJavaScript() ?? {};

function callError(method: string, error: Grpc.ServiceError): CallError {
  const packed = error.metadata?.get("grpc-status-details-bin")[0];
  if (packed === undefined) return new CallError(method, error.details, undefined);
  const detail = Status.deserializeBinary(packed as Uint8Array).getDetailsList()[0];
  if (detail === undefined) return new CallError(method, error.details, undefined);
  const failed = proto.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return new CallError(method, error.details, {
    resource: failed.getId(),
    properties: plain(failed.getProperties()),
    reasons: failed.getReasonsList(),
  });
}

type Done<R> = (error: Grpc.ServiceError | null, reply: R) => void;

/** The calls that the engine makes, over the provider's own gRPC. */
export function connect(port: number) {
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  const ask = <R>(method: string, call: (done: Done<R>) => unknown): Promise<R> =>
    new Promise((resolve, reject) => {
      call((error, reply) => {
        if (error) reject(callError(method, error));
        else resolve(reply);
      });
    });

  return {
    async configure(config: Props): Promise<void> {
      const request = new proto.ConfigureRequest();
      request.setArgs(struct(config));
      await ask<ProviderProto.ConfigureResponse>("configure", (done) => client.configure(request, done));
    },
    async check(olds: Props, news: Props): Promise<Checked> {
      const request = new proto.CheckRequest();
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const reply = await ask<ProviderProto.CheckResponse>("check", (done) => client.check(request, done));
      return {
        inputs: plain(reply.getInputs()),
        failures: reply.getFailuresList().map((f) => ({ property: f.getProperty(), reason: f.getReason() })),
      };
    },
    async diff(id: string, olds: Props, news: Props): Promise<Diffed> {
      const request = new proto.DiffRequest();
      request.setId(id);
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const reply = await ask<ProviderProto.DiffResponse>("diff", (done) => client.diff(request, done));
      const said = proto.DiffResponse.DiffChanges;
      const changes = reply.getChanges();
      return {
        changes: changes === said.DIFF_NONE ? "none" : changes === said.DIFF_SOME ? "some" : "unknown",
        replaces: reply.getReplacesList(),
        deleteBeforeReplace: reply.getDeletebeforereplace(),
      };
    },
    async create(inputs: Props): Promise<Created> {
      const request = new proto.CreateRequest();
      request.setProperties(struct(inputs));
      const reply = await ask<ProviderProto.CreateResponse>("create", (done) => client.create(request, done));
      return { id: reply.getId(), outputs: plain(reply.getProperties()) };
    },
    async read(id: string, outputs: Props): Promise<Read> {
      const request = new proto.ReadRequest();
      request.setId(id);
      request.setProperties(struct(outputs));
      const reply = await ask<ProviderProto.ReadResponse>("read", (done) => client.read(request, done));
      const inputs = reply.getInputs();
      return { id: reply.getId(), outputs: plain(reply.getProperties()), inputs: inputs && plain(inputs) };
    },
    async update(id: string, olds: Props, news: Props): Promise<Props> {
      const request = new proto.UpdateRequest();
      request.setId(id);
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const reply = await ask<ProviderProto.UpdateResponse>("update", (done) => client.update(request, done));
      return plain(reply.getProperties());
    },
    async delete(id: string, outputs: Props): Promise<void> {
      const request = new proto.DeleteRequest();
      request.setId(id);
      request.setProperties(struct(outputs));
      await ask<unknown>("delete", (done) => client.delete(request, done));
    },
    async cancel(): Promise<void> {
      await ask<unknown>("cancel", (done) => client.cancel(new Empty(), done));
    },
    close: () => client.close(),
  };
}

export type Calls = ReturnType<typeof connect>;
