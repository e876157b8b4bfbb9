import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connectEngine } from "./engine.js";
import { type Plugin, PluginInfo, type Provider, provider } from "./protocol.js";

const require = createRequire(import.meta.url);

export async function handshake(
  request: Provider.ProviderHandshakeRequest,
): Promise<Provider.ProviderHandshakeResponse> {
  connectEngine(request.getEngineAddress());
  return new provider.ProviderHandshakeResponse().setAcceptSecrets(true).setSupportsAutonamingConfiguration(true);
}

/** Of an engine that did not start us, but was told our port (PULUMI_DEBUG_PROVIDERS). */
export async function attach(request: Plugin.PluginAttach): Promise<void> {
  connectEngine(request.getAddress());
}

export async function getPluginInfo(): Promise<Plugin.PluginInfo> {
  const { version } = require("pulumi-blockbox/package.json") as { version: string };
  return new PluginInfo().setVersion(version);
}

export async function getSchema(): Promise<Provider.GetSchemaResponse> {
  const schema = readFileSync(require.resolve("pulumi-blockbox/schema.json"), "utf8");
  return new provider.GetSchemaResponse().setSchema(JSON.stringify(JSON.parse(schema)));
}
