import { recorded, visible } from "../dynamic/values.js";
import type { Asker, Resource } from "../resources/resource.js";
import { detailedDiff } from "./detailedDiff.js";
import { asPlanned, backendIsMade, planBackend } from "./plannedBackends.js";
import { previewed } from "./preview.js";
import { type Provider, provider, type Struct } from "./protocol.js";
import { requestHas } from "./request.js";
import { withoutSecrets } from "./secrets.js";
import { type Properties, received, sent } from "./values.js";

type Load = () => Promise<Resource>;

const loads: Readonly<Record<string, Load>> = {
  "blockbox:index:Backend": async () => (await import("../resources/backend/backend.js")).backend,
  "blockbox:index:Volume": async () => (await import("../resources/volume/volume.js")).volume,
  "blockbox:index:Snapshot": async () => (await import("../resources/snapshot/snapshot.js")).snapshot,
  "blockbox:index:Attachment": async () => (await import("../resources/attachment/attachment.js")).attachment,
};

/** The resource that a request is about. Its URN has the type, after those of its parents. */
function resourceOf(urn: string): Promise<Resource> {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const load = loads[type];
  if (load === undefined)
    throw new TypeError(`There is no resource type ${type}; there are ${Object.keys(loads).join(", ")}.`);
  return load();
}

export async function check(request: Provider.CheckRequest): Promise<Provider.CheckResponse> {
  const urn = request.getUrn();
  const news = received(request.getNews());
  requestHas(news.secrets);
  const resource = await resourceOf(urn);
  const olds = visible(received(request.getOlds()).values);
  const asker = { urn, autoName: autoName(request.getAutonaming()) };
  const wanted = visible(news.values);
  const asked = asPlanned(asker, wanted);
  const { inputs: checked, failures } = await resource.check(asked.asker, olds, asked.inputs);
  const inputs = asked.inputs === wanted ? checked : { ...checked, backend: wanted.backend };
  return new provider.CheckResponse()
    .setInputs(sent(inputs, news.secrets))
    .setFailuresList(
      failures.map(({ property, reason }) =>
        new provider.CheckFailure().setProperty(property).setReason(withoutSecrets(reason, news.secrets)),
      ),
    );
}

/** What the engine has to say of automatic names (`pulumi:autonaming`). */
function autoName(options: Provider.CheckRequest.AutonamingOptions | undefined): Asker["autoName"] {
  if (options === undefined) return undefined;
  return options.getMode() === provider.CheckRequest.AutonamingOptions.Mode.DISABLE ? false : options.getProposedName();
}

export async function diff(request: Provider.DiffRequest): Promise<Provider.DiffResponse> {
  const urn = request.getUrn();
  const news = received(request.getNews());
  requestHas(news.secrets);
  const resource = await resourceOf(urn);
  const olds = { ...told(resource, request.getOldInputs()), ...recorded(received(request.getOlds()).values) };
  return detailedDiff(await resource.diff({ urn }, request.getId(), olds, visible(news.values)));
}

/** Inputs that an import was told, which its outputs cannot have. */
function told({ declaration }: Resource, inputs: Struct.Struct | undefined): Properties {
  const values = Object.entries(visible(received(inputs).values));
  return Object.fromEntries(values.filter(([name]) => declaration.inputs[name]?.unseen));
}

export async function create(request: Provider.CreateRequest): Promise<Provider.CreateResponse> {
  const urn = request.getUrn();
  const { values, secrets } = received(request.getProperties());
  const inputs = visible(values);
  requestHas(secrets, inputs);
  const resource = await resourceOf(urn);
  const response = new provider.CreateResponse();
  if (request.getPreview()) {
    const id = resource.foreseenId(inputs);
    if (id !== undefined) {
      planBackend(id, urn);
      response.setId(id);
    }
    return response.setProperties(send(previewed(resource, {}, inputs)));
  }
  const { id, outputs } = await resource.create({ urn }, limited(inputs, "create", request.getTimeout()));
  backendIsMade(id);
  return response.setId(id).setProperties(send(asGiven(outputs, inputs)));

  function send(outputs: Properties) {
    return sent(outputs, secrets, secretOutputs(resource));
  }
}

export async function read(request: Provider.ReadRequest): Promise<Provider.ReadResponse> {
  const urn = request.getUrn();
  const state = received(request.getProperties());
  const inputs = received(request.getInputs());
  requestHas(state.secrets);
  const resource = await resourceOf(urn);
  const seen = await resource.read({ urn }, request.getId(), recorded(state.values));
  const response = new provider.ReadResponse();
  if (seen === undefined) return response;
  return response
    .setId(seen.id)
    .setProperties(sent(seen.outputs, state.secrets, secretOutputs(resource)))
    .setInputs(sent(seen.inputs ?? visible(inputs.values), inputs.secrets));
}

export async function update(request: Provider.UpdateRequest): Promise<Provider.UpdateResponse> {
  const urn = request.getUrn();
  const { values, secrets } = received(request.getNews());
  const inputs = visible(values);
  requestHas(secrets, inputs);
  const resource = await resourceOf(urn);
  const olds = recorded(received(request.getOlds()).values);
  const response = new provider.UpdateResponse();
  if (request.getPreview()) return response.setProperties(send(previewed(resource, olds, inputs)));
  const news = limited(inputs, "update", request.getTimeout());
  return response.setProperties(send(asGiven(await resource.update({ urn }, request.getId(), olds, news), inputs)));

  function send(outputs: Properties) {
    return sent(outputs, secrets, secretOutputs(resource));
  }
}

export async function remove(request: Provider.DeleteRequest): Promise<void> {
  const urn = request.getUrn();
  const { values, secrets } = received(request.getProperties());
  requestHas(secrets);
  const resource = await resourceOf(urn);
  await resource.delete({ urn }, request.getId(), limited(recorded(values), "delete", request.getTimeout()));
}

/** With the option `customTimeouts`, in seconds; an input `timeouts` says it more precisely. 0 is no such option. */
function limited(values: Properties, what: "create" | "update" | "delete", seconds: number): Properties {
  if (seconds === 0) return values;
  return { ...values, timeouts: { [what]: Math.max(1, Math.round(seconds)), ...(values.timeouts as Properties) } };
}

/** Outputs echo what the program gave. */
function asGiven(outputs: Properties, { timeouts }: Properties): Properties {
  return { ...outputs, timeouts };
}

function secretOutputs({ declaration: { outputs } }: Resource): ReadonlySet<string> {
  return new Set(Object.keys(outputs).filter((name) => outputs[name]?.secret));
}
