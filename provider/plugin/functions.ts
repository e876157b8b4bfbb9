import { type Provider, provider } from "./protocol.js";
import { requestHas } from "./request.js";
import { received, sent } from "./values.js";

/** Answers a function, `blockbox:index:getVolume` and the like. */
export async function invoke(request: Provider.InvokeRequest): Promise<Provider.InvokeResponse> {
  const { values, secrets } = received(request.getArgs());
  requestHas(secrets);
  const { functions } = await import("../functions/index.js");
  const token = request.getTok();
  const asked = functions[token.replace(/^blockbox:index:/, "")];
  if (asked === undefined) throw new TypeError(`There is no function ${token}.`);
  return new provider.InvokeResponse().setReturn(sent({ ...(await asked.ask(values)) }, secrets));
}
