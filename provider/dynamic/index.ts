import { watchEngine } from "../engineWatch.js";
import { dynamicProvider } from "./adapter.js";

/*
 * What `__provider` in a stack's state names: `require("pulumi-blockbox/provider").volume`. These names are a promise
 * for ever, since old states hold them. The core is loaded when a method first needs it.
 */

export const backend = dynamicProvider(async () => (await import("../resources/backend/backend.js")).backend);
export const volume = dynamicProvider(async () => (await import("../resources/volume/volume.js")).volume);
export const snapshot = dynamicProvider(async () => (await import("../resources/snapshot/snapshot.js")).snapshot);
export const attachment = dynamicProvider(
  async () => (await import("../resources/attachment/attachment.js")).attachment,
);

// Loaded somewhere else than in Pulumi's provider process (a test, a program), there is no engine. Its address is the
// last argument of that process.
if (process.argv[1]?.includes("dynamic-provider")) watchEngine(process.argv.at(-1) ?? "");
