import { configure as configureCore } from "../configuration.js";
import { settingsProblems } from "../services/cinder/client/settingsProblems.js";
import { type Provider, provider, type Struct } from "./protocol.js";
import { received } from "./values.js";

/** Judges the inputs of a provider, explicit or by the stack's configuration. */
export async function checkConfig(request: Provider.CheckRequest): Promise<Provider.CheckResponse> {
  const { values } = received(request.getNews());
  const response = new provider.CheckResponse();
  // As they came: with its secrets, and what is unknown.
  const news = request.getNews();
  if (news) response.setInputs(news);
  return response.setFailuresList(
    settingsProblems(values).map(({ property, reason }) =>
      new provider.CheckFailure().setProperty(property).setReason(reason),
    ),
  );
}

/** Never a replacement: where each resource lives is recorded with it, and judged by each. */
export async function diffConfig(): Promise<Provider.DiffResponse> {
  return new provider.DiffResponse();
}

export async function configure(request: Provider.ConfigureRequest): Promise<Provider.ConfigureResponse> {
  const settings = settingsIn(request.getArgs());
  configureCore((key) => settings.get(key));
  return new provider.ConfigureResponse()
    .setAcceptsecrets(true)
    .setSupportspreview(true)
    .setSupportsAutonamingConfiguration(true);
}

/** Texts, as the core reads them: the engine hands on numbers and truth values as JSON. */
function settingsIn(args: Struct.Struct | undefined): Map<string, string> {
  const { values } = received(args);
  return new Map(Object.entries(values).map(([key, value]) => [key, String(value)]));
}
