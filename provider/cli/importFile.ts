import { plainValues } from "../declaration/plain.js";
import { BlockboxError } from "../errors.js";
import { resources } from "../resources/index.js";
import type { Properties, Resource } from "../resources/resource.js";

/** What exists, and the resource that it is to be. */
export interface Existing {
  readonly kind: "Backend" | "Volume" | "Snapshot" | "Attachment";
  readonly name: string;
  readonly id: string;
}

export interface ImportWish {
  readonly existing: readonly Existing[];
  readonly stack: { readonly project: string; readonly name: string };
  /** What no service shows of the hosts that attach by themselves. */
  readonly connector: { readonly initiator: string; readonly ip?: string } | undefined;
}

/** One resource as `pulumi import --file` takes it: with its outputs, it asks no provider, which a dynamic one could not answer. */
interface Imported {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** Reads what exists, as an import by the plugin does. Changes nothing. */
export async function importFile({ existing, ...wish }: ImportWish): Promise<{ resources: Imported[] }> {
  return { resources: await Promise.all(existing.map((one) => imported(one, wish))) };
}

async function imported({ kind, name, id }: Existing, wish: Omit<ImportWish, "existing">): Promise<Imported> {
  const resource = resources[kind] as Resource;
  const { project, name: stack } = wish.stack;
  const urn = `urn:pulumi:${stack}::${project}::blockbox:index:${kind}::${name}`;
  const seen = await resource.read({ urn }, id, {});
  if (seen === undefined) throw new BlockboxError("NOT_FOUND", `There is no ${kind} ${id}.`);
  const told = kind === "Attachment" ? connectorOf(id, seen.outputs, wish.connector) : {};
  const hidden = { __provider: providerText(kind), __urn: urn };
  return {
    type: `pulumi-nodejs:dynamic/blockbox:${kind}`,
    name,
    id: seen.id,
    inputs: plainValues({ ...seen.inputs, ...told, ...hidden }),
    outputs: withoutSecrets(resource, plainValues({ ...seen.outputs, ...told, ...hidden })),
  };
}

/** As sdk/nodejs writes it: what makes Pulumi's own process find the provider. */
function providerText(kind: Existing["kind"]): string {
  return `exports.handler = () => require("pulumi-blockbox/provider").${kind.toLowerCase()};`;
}

/** The connector of an attachment to a host that attaches by itself. */
function connectorOf(id: string, outputs: Properties, connector: ImportWish["connector"]): Properties {
  const { hostName, devicePath } = outputs;
  if (devicePath !== undefined) return {};
  if (connector === undefined)
    throw new BlockboxError(
      "INPUT_REFUSED",
      `Attachment ${id} is to host ${hostName}, which attaches by itself. Cinder does not show its connector: give --initiator IQN (and --ip ADDRESS), as the program does.`,
    );
  return { connector: { hostName, ...connector, multipath: false } };
}

/** In the place of each secret is one of nothing, which Pulumi keeps encrypted: the next refresh or update fills it in. */
function withoutSecrets({ declaration }: Resource, outputs: Properties): Properties {
  const nothing = { [signature]: secret, plaintext: "null" };
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, declaration.outputs[name]?.secret ? nothing : value]),
  );
}

/** How Pulumi marks a secret (sdk/go/common/resource). */
const [signature, secret] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];
