import assert from "node:assert/strict";
import type { Deployment, Kind } from "./deployment.js";
import type { Provider } from "./provider.js";
import type { Created, Props } from "./rpc.js";

export interface Wanted {
  kind: Kind;
  name: string;
  inputs: Props;
}

/** What `check` makes of the inputs, which it is to accept: what the engine gives to create. */
export async function checkedInputs(provider: Provider, deployment: Deployment, wanted: Wanted): Promise<Props> {
  const { inputs, failures } = await provider.check({}, { ...wanted.inputs, ...deployment.hidden(wanted) });
  assert.deepEqual(failures, []);
  return inputs;
}

/** Check and create, as the engine makes them, for a state that never gets to know of it. */
export async function createUnknown(provider: Provider, deployment: Deployment, wanted: Wanted): Promise<Created> {
  return provider.create(await checkedInputs(provider, deployment, wanted));
}

/** Ends a provider without any goodbye. */
export async function killProvider(provider: Provider): Promise<void> {
  process.kill(provider.pid, "SIGKILL");
  await provider.exited;
}
