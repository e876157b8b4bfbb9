import { parseArgs } from "node:util";
import { type ServiceName, serviceNames } from "./report.js";

export const usage = `Usage: pulumi-blockbox doctor [SERVICE...] [OPTION...]

Tells what this host has and lacks for each service, with the command that mends it. Changes nothing.

Services, all unless some are named:
  lvm      volumes on this host's own LVM
  iscsi    volumes of a Cinder attached to this host
  target   volumes served from this host by a cinder-volume
  docker   services in containers
  cinder   a Cinder: from CINDER_ENDPOINT, OS_* or clouds.yaml, as the provider finds it

Options:
  --cloud NAME         this entry of clouds.yaml
  --endpoint URL       the Cinder at this address, e.g. http://127.0.0.1:8776/v3
  --timeout SECONDS    for each question to a Cinder or to Docker (default: 10)
  --json               for programs: see docs/doctor.md
  -h, --help           this text
  --version            the release of pulumi-blockbox

Ends with 0 where all services that were named are usable, or, where none was named, lvm or cinder is; else with 1.
What is not understood, or fails itself, ends with 2.
`;

/** What a command line asks for. */
export type Wish =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | {
      readonly kind: "doctor";
      readonly services: readonly ServiceName[];
      readonly json: boolean;
      readonly timeoutS: number;
      readonly settings: Readonly<Record<string, string>>;
    };

/** A command line that says nothing we know. */
export class UsageError extends Error {}

/** Throws UsageError. */
export function readArguments(args: readonly string[]): Wish {
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const [command, ...names] = positionals;
  if (command === undefined) throw new UsageError("what to do is missing");
  if (command !== "doctor") throw new UsageError(`there is no command "${command}"`);
  const strange = names.find((name) => !isService(name));
  if (strange !== undefined)
    throw new UsageError(`there is no service "${strange}": they are ${serviceNames.join(", ")}`);
  const { cloud, endpoint } = values;
  for (const [option, value] of Object.entries({ cloud, endpoint }))
    if (value?.trim() === "") throw new UsageError(`--${option} is empty`);
  const timeoutS = Number(values.timeout);
  if (!(timeoutS >= 0.1 && timeoutS <= 3_600))
    throw new UsageError(`--timeout is "${values.timeout}": it is a number of seconds from 0.1 to 3600`);
  return {
    kind: "doctor",
    services: names.filter(isService),
    json: values.json,
    timeoutS,
    settings: { ...(cloud === undefined ? {} : { cloud }), ...(endpoint === undefined ? {} : { endpoint }) },
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        cloud: { type: "string" },
        endpoint: { type: "string" },
        timeout: { type: "string", default: "10" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        version: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    // Node adds how to say something else.
    throw new UsageError((error as Error).message.split(/\.\s/)[0]?.replace(/\.$/, ""));
  }
}

function isService(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name);
}
