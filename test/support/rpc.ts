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

function callError(
  method: string,
  error: Grpc.ServiceError,
  got: (properties: StructType | undefined) => Props,
): CallError {
  const packed = error.metadata?.get("grpc-status-details-bin")[0];
  if (packed === undefined) return new CallError(method, error.details, undefined);
  const detail = Status.deserializeBinary(packed as Uint8Array).getDetailsList()[0];
  if (detail === undefined) return new CallError(method, error.details, undefined);
  const failed = proto.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return new CallError(method, error.details, {
    resource: failed.getId(),
    properties: got(failed.getProperties()),
    reasons: failed.getReasonsList(),
  });
}

type Done<R> = (error: Grpc.ServiceError | null, reply: R) => void;

/** How the engine comes to the provider: by Pulumi's process for dynamic ones, or by the plugin. */
export type Door = "dynamic" | "plugin";

/** The door of this run: BLOCKBOX_DOOR=plugin is the plugin. */
export const door: Door = process.env.BLOCKBOX_DOOR === "plugin" ? "plugin" : "dynamic";

const isHidden = (name: string) => ["__urn", "__backend", "__deletesFirst", "__provider"].includes(name);
const pick = (props: Props, wanted: (name: string) => boolean): Props =>
  Object.fromEntries(Object.entries(props).filter(([name]) => wanted(name)));

const signature = "4dabf18193072939515e22adb298388d";

/** Secrets in clear. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unwrapped);
  if (signature in value) return unwrapped((value as Props).value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapped(item)]));
}

/**
 * The calls that the engine makes, over the provider's own gRPC. Deployments know the dynamic door's hidden inputs; the
 * plugin is told the URN in their place, and they are put back into what it answers.
 */
export function connect(port: number, door: Door) {
  const isPlugin = door === "plugin";
  const sent = (props: Props) => struct(isPlugin ? pick(props, (name) => !isHidden(name)) : props);
  const urnOf = (props: Props) => (isPlugin ? String(props.__urn ?? "") : "");
  const got = (value: StructType | undefined, asked: Props): Props =>
    isPlugin ? { ...(unwrapped(plain(value)) as Props), ...pick(asked, isHidden) } : plain(value);

  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  const ask = <R>(method: string, call: (done: Done<R>) => unknown, asked: Props = {}): Promise<R> =>
    new Promise((resolve, reject) => {
      call((error, reply) => {
        if (error) reject(callError(method, error, (properties) => got(properties, asked)));
        else resolve(reply);
      });
    });

  return {
    async configure(config: Props): Promise<void> {
      const request = new proto.ConfigureRequest();
      request.setArgs(
        struct(
          isPlugin
            ? Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^blockbox:/, ""), value]))
            : config,
        ),
      );
      await ask<ProviderProto.ConfigureResponse>("configure", (done) => client.configure(request, done));
    },
    async check(olds: Props, news: Props): Promise<Checked> {
      const request = new proto.CheckRequest();
      request.setUrn(urnOf(news));
      request.setOlds(sent(olds));
      request.setNews(sent(news));
      const reply = await ask<ProviderProto.CheckResponse>("check", (done) => client.check(request, done));
      return {
        inputs: got(reply.getInputs(), news),
        failures: reply.getFailuresList().map((f) => ({ property: f.getProperty(), reason: f.getReason() })),
      };
    },
    async diff(id: string, olds: Props, news: Props): Promise<Diffed> {
      const request = new proto.DiffRequest();
      request.setId(id);
      request.setUrn(urnOf(news));
      request.setOlds(sent(olds));
      request.setNews(sent(news));
      const reply = await ask<ProviderProto.DiffResponse>("diff", (done) => client.diff(request, done));
      const said = proto.DiffResponse.DiffChanges;
      const changes = reply.getChanges();
      return {
        changes: changes === said.DIFF_NONE ? "none" : changes === said.DIFF_SOME ? "some" : "unknown",
        // The plugin names the nested property.
        replaces: [...new Set(reply.getReplacesList().map((path) => path.split(".")[0] ?? ""))],
        deleteBeforeReplace: reply.getDeletebeforereplace(),
      };
    },
    /** In a preview only the plugin is asked. */
    async create(inputs: Props, preview = false): Promise<Created> {
      const request = new proto.CreateRequest();
      request.setPreview(preview);
      request.setUrn(urnOf(inputs));
      request.setProperties(sent(inputs));
      const reply = await ask<ProviderProto.CreateResponse>("create", (done) => client.create(request, done), inputs);
      return { id: reply.getId(), outputs: got(reply.getProperties(), inputs) };
    },
    async read(id: string, outputs: Props): Promise<Read> {
      const request = new proto.ReadRequest();
      request.setId(id);
      request.setUrn(urnOf(outputs));
      request.setProperties(sent(outputs));
      const reply = await ask<ProviderProto.ReadResponse>("read", (done) => client.read(request, done));
      const inputs = reply.getInputs();
      return {
        id: reply.getId(),
        outputs: got(reply.getProperties(), outputs),
        inputs: inputs && Object.keys(plain(inputs)).length > 0 ? got(inputs, outputs) : undefined,
      };
    },
    async update(id: string, olds: Props, news: Props, preview = false): Promise<Props> {
      const request = new proto.UpdateRequest();
      request.setPreview(preview);
      request.setId(id);
      request.setUrn(urnOf(news));
      request.setOlds(sent(olds));
      request.setNews(sent(news));
      const reply = await ask<ProviderProto.UpdateResponse>("update", (done) => client.update(request, done), news);
      return got(reply.getProperties(), news);
    },
    async delete(id: string, outputs: Props): Promise<void> {
      const request = new proto.DeleteRequest();
      request.setId(id);
      request.setUrn(urnOf(outputs));
      request.setProperties(sent(outputs));
      await ask<unknown>("delete", (done) => client.delete(request, done));
    },
    async cancel(): Promise<void> {
      await ask<unknown>("cancel", (done) => client.cancel(new Empty(), done));
    },
    previewsChanges: isPlugin,
    close: () => client.close(),
  };
}

export type Calls = ReturnType<typeof connect>;
