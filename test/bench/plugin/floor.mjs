// What a plugin in JavaScript cannot do without: gRPC and Pulumi's protos..
import { createRequire } from "node:module";

const load = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
load("@grpc/grpc-js");
for (const proto of ["provider_pb", "provider_grpc_pb", "engine_pb", "engine_grpc_pb", "plugin_pb", "status_pb"])
  load(`@pulumi/pulumi/proto/${proto}.js`);
process.stdout.write("0\n");
