import { parseArgs } from "node:util";
import { type ServiceName, serviceNames } from "../doctor/report.js";
import type { Existing } from "./importFile.js";
import { type Settings, UsageError, type Wish } from "./usage.js";

const options = {
  cloud: { type: "string" },
  endpoint: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  timeout: { type: "string" },
  json: { type: "boolean" },
  stack: { type: "string" },
  project: { type: "string" },
  initiator: { type: "string" },
  ip: { type: "string" },
} as const;

type Option = keyof typeof options;
type Values = ReturnType<typeof parsed>["values"];

const commands: Readonly<
  Record<string, { readonly options: readonly Option[]; wish(values: Values, names: string[]): Wish }>
> = {
  doctor: { options: ["cloud", "endpoint", "timeout", "json"], wish: doctorWish },
  import: { options: ["cloud", "endpoint", "project", "stack", "initiator", "ip"], wish: importWish },
};

/** Throws UsageError. */
export function readArguments(args: readonly string[]): Wish {
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const [name, ...names] = positionals;
  if (name === undefined) throw new UsageError("what to do is missing");
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`there is no command "${name}"`);
  for (const [option, value] of Object.entries(values)) {
    if (!command.options.includes(option as Option)) throw new UsageError(`--${option} is not an option of ${name}`);
    if (option !== "timeout" && typeof value === "string" && value.trim() === "")
      throw new UsageError(`--${option} is empty`);
  }
  return command.wish(values, names);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // Node adds how to say something else.
    throw new UsageError((error as Error).message.split(/\.\s/)[0]?.replace(/\.$/, ""));
  }
}

function doctorWish(values: Values, names: string[]): Wish {
  const strange = names.find((name) => !isService(name));
  if (strange !== undefined)
    throw new UsageError(`there is no service "${strange}": they are ${serviceNames.join(", ")}`);
  const { timeout = "10", json = false } = values;
  const timeoutS = Number(timeout);
  if (!(timeoutS >= 0.1 && timeoutS <= 3_600))
    throw new UsageError(`--timeout is "${timeout}": it is a number of seconds from 0.1 to 3600`);
  return { kind: "doctor", services: names.filter(isService), json, timeoutS, settings: settingsIn(values) };
}

function importWish(values: Values, names: string[]): Wish {
  const { stack: text, initiator, ip } = values;
  if (names.length === 0) throw new UsageError("what to import is missing: KIND:NAME=ID, such as volume:data=<id>");
  const [stack = "", project = ""] = text?.split("/").reverse() ?? [];
  if (stack === "" || project === "")
    throw new UsageError(`--stack is ${text === undefined ? "missing" : `"${text}"`}: it is PROJECT/STACK`);
  const connector = initiator === undefined ? undefined : { initiator, ...(ip === undefined ? {} : { ip }) };
  if (ip !== undefined && connector === undefined) throw new UsageError("--ip is given without --initiator");
  return {
    kind: "import",
    existing: names.map(existingOf),
    stack: { project, name: stack },
    connector,
    settings: settingsIn(values),
  };
}

function existingOf(text: string): Existing {
  const [, word = "", name = "", id = ""] = /^([a-z]+):([^=]+)=(.+)$/s.exec(text) ?? [];
  const kind = kinds[word];
  if (kind === undefined)
    throw new UsageError(`"${text}" is not KIND:NAME=ID, with one of ${Object.keys(kinds).join(", ")}`);
  return { kind, name, id };
}

const kinds: Readonly<Record<string, Existing["kind"]>> = {
  backend: "Backend",
  volume: "Volume",
  snapshot: "Snapshot",
  attachment: "Attachment",
};

function settingsIn({ cloud, endpoint, project }: Values): Settings {
  const given = Object.entries({ cloud, endpoint, project }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Settings;
}

function isService(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name);
}
