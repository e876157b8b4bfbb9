import { plainValues } from "../declaration/plain.js";
import { UNKNOWN } from "../declaration/unknown.js";
import { type Struct, StructMessage } from "./protocol.js";
import { holdsSecret, type Secrets, SecretsFound } from "./secrets.js";

export type Properties = Record<string, unknown>;

/*
 * How Pulumi writes what JSON has no words for (sdk/go/common/resource/plugin/rpc.go): an object with a signature, or,
 * for a value that is unknown yet, one text for each kind of value.
 */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
const outputValue = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const unknowns = new Set([
  UNKNOWN, // of a text, and of anything that no schema tells the kind of
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // of true or false
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // of a number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // of a list
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // of an object
]);

export interface Received {
  /** Plain: secrets in clear, all that is unknown as UNKNOWN. */
  readonly values: Properties;
  readonly secrets: Secrets;
}

/** What the engine sends. A property that is null is not given. */
export function received(message: Struct.Struct | undefined): Received {
  const secrets = new SecretsFound();
  const values: Properties = {};
  for (const [name, value] of Object.entries(message?.toJavaScript() ?? {})) {
    const found = plain(value, () => secrets.properties.add(name));
    if (found !== null) values[name] = found;
    if (secrets.properties.has(name)) secrets.addTexts(found);
  }
  return { values, secrets };
}

function plain(value: unknown, isSecret: () => void): unknown {
  if (typeof value === "string") return unknowns.has(value) ? UNKNOWN : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, isSecret));
  const entries = value as Properties;
  const kind = entries[signature];
  if (kind === secret || (kind === outputValue && entries.secret === true)) isSecret();
  if (kind === secret) return plain(entries.value, isSecret);
  if (kind === outputValue) return "value" in entries ? plain(entries.value, isSecret) : UNKNOWN;
  return Object.fromEntries(Object.entries(entries).map(([key, item]) => [key, plain(item, isSecret)]));
}

/** What the engine is answered: what was secret, and what has a secret in it, stays one. `always`: names of properties that are secret by themselves. */
export function sent(values: Properties, secrets: Secrets, always: ReadonlySet<string> = new Set()): Struct.Struct {
  const wrapped = Object.entries(plainValues(values)).map(([name, value]) => {
    const isSecret = secrets.properties.has(name) || always.has(name) || holdsSecret(value, secrets);
    return [name, isSecret ? { [signature]: secret, value } : value];
  });
  return StructMessage.fromJavaScript(Object.fromEntries(wrapped));
}
