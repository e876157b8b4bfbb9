import { configuration, type ReadSetting } from "../../../configuration.js";
import { BlockboxError } from "../../../errors.js";
import { cloudSettings } from "./cloudEntry.js";
import { type NumberKey, numberKeys, type Settings, type TextKey, textKeys, wantedNumber } from "./keys.js";

export type { Settings } from "./keys.js";

const readConfiguration: ReadSetting = (key) => configuration()(key);

/** What was read, as long as the configuration is the same. */
let known: { readonly of: ReadSetting; readonly settings: Map<string | undefined, Settings> } | undefined;

/**
 * What the configuration says; else the environment; else the entry of clouds.yaml that either of them names. Whoever
 * names a cloud or a service in Pulumi's configuration does not mean the one that a shell happens to have set up, so:
 * with `blockbox:cloud` the environment does not count, and with `blockbox:endpoint` or `blockbox:authUrl` OS_CLOUD
 * does not. `cloud`: that entry alone, with the configuration's limits.
 * Throws CONFIG_INVALID.
 */
export function settingsFor(cloud?: string): Settings {
  const of = configuration();
  if (known?.of !== of) known = { of, settings: new Map() };
  const settings = known.settings.get(cloud) ?? (cloud === undefined ? configured() : named(cloud));
  known.settings.set(cloud, settings);
  return settings;
}

function named(cloud: string): Settings {
  return { ...cloudSettings(cloud), ...numbers(readConfiguration) };
}

function configured(): Settings {
  const config = { ...texts((key) => readConfiguration(key)), ...switches(), ...numbers(readConfiguration) };
  const cloud = filled(readConfiguration("cloud"));
  if (cloud !== undefined) return over(cloudSettings(cloud), config);
  const environment = texts((key) => textKeys[key].environment.map((name) => process.env[name]).find(filled));
  const hasService = config.endpoint !== undefined || config.authUrl !== undefined;
  const usual = hasService ? undefined : filled(process.env.OS_CLOUD);
  return over(over(usual === undefined ? {} : cloudSettings(usual), environment), config);
}

/** Two ways to say the same thing. Who says it in one way does not mean what a lower place says in the other. */
const rivals: readonly [readonly (keyof Settings)[], readonly (keyof Settings)[]][] = [
  [["user"], ["username"]],
  [["project"], ["projectName"]],
  [["userDomainId"], ["userDomainName"]],
  [["projectDomainId"], ["projectDomainName"]],
  [["applicationCredentialId"], ["applicationCredentialName"]],
  [["password"], ["applicationCredentialId", "applicationCredentialName", "applicationCredentialSecret"]],
];

function over(lower: Settings, upper: Settings): Settings {
  const has = (keys: readonly (keyof Settings)[]) => keys.some((key) => upper[key] !== undefined);
  const shadowed = rivals.flatMap(([one, other]) => [...(has(one) ? other : []), ...(has(other) ? one : [])]);
  // Who names a Keystone means the service in its catalogue: its token is not for one that is named elsewhere.
  if (has(["authUrl"])) shadowed.push("endpoint");
  return { ...Object.fromEntries(Object.entries(lower).filter(([key]) => !shadowed.some((s) => s === key))), ...upper };
}

function texts(read: (key: TextKey) => string | undefined): Settings {
  const settings: Settings = {};
  for (const key of Object.keys(textKeys) as TextKey[]) {
    const value = filled(read(key));
    if (value !== undefined) settings[key] = textKeys[key].secret ? value : value.trim();
  }
  return settings;
}

function switches(): Settings {
  const value = filled(readConfiguration("insecure"));
  if (value === undefined) return {};
  if (value === "true" || value === "false") return { insecure: value === "true" };
  throw new BlockboxError("CONFIG_INVALID", `blockbox:insecure is "${value}". It is either true or false.`);
}

function numbers(read: ReadSetting): Settings {
  const settings: Settings = {};
  for (const key of Object.keys(numberKeys) as NumberKey[]) {
    const text = filled(read(key));
    if (text === undefined) continue;
    const wanted = wantedNumber(key, text);
    if (wanted !== undefined)
      throw new BlockboxError("CONFIG_INVALID", `blockbox:${key} is "${text}". It is ${wanted}.`);
    settings[key] = Number(text);
  }
  return settings;
}

/** A blank text is what a shell or a program writes for none. */
function filled(text: string | undefined): string | undefined {
  return text?.trim() === "" ? undefined : text;
}
