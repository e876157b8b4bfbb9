import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The package under test: the checkout, or a copy of it elsewhere. */
export const packageRoot = process.env.BLOCKBOX_PACKAGE ?? root;

/** Resolves what the package itself would get. */
export const fromPackage = createRequire(new URL("../../package.json", import.meta.url));

/** Resolves what @pulumi/pulumi brings along: grpc-js and google-protobuf are not dependencies of ours. */
export const fromPulumi = createRequire(fromPackage.resolve("@pulumi/pulumi/package.json"));
