import * as pulumi from "@pulumi/pulumi";

/**
 * The text that Pulumi stores with every resource of ours and runs to get its provider: constant for ever, so that a
 * new release changes no plan, and old states find the installed one. At most 300 bytes.
 */
function providerText(handler: string): string {
  return `exports.handler = () => require("pulumi-blockbox/provider").${handler};`;
}

/** A resource of the dynamic provider. Its classes are generated; this is all they have in common. */
export abstract class BlockboxResource extends pulumi.CustomResource {
  /** `properties` are the names of all inputs and outputs: one that is not declared would be missing in a preview. */
  protected constructor(
    type: string,
    name: string,
    { properties, secrets = [] }: { properties: readonly string[]; secrets?: string[] },
    args: object | undefined,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const declared = Object.fromEntries(properties.map((property) => [property, undefined]));
    const hidden = {
      __provider: providerText(type.toLowerCase()),
      // Who the resource is: the methods of a dynamic provider are not told.
      __urn: pulumi.createUrn(name, `blockbox:index:${type}`, opts?.parent),
      // Nor in which order a replacement goes, which a volume that is handed over to Cinder depends on.
      ...(type === "Volume" && opts?.deleteBeforeReplace ? { __deletesFirst: true } : {}),
    };
    const isOneOfAKind =
      type === "Attachment" || (type === "Backend" && (args as { cinder?: unknown })?.cinder === undefined);
    super(
      `pulumi-nodejs:dynamic/blockbox:${type}`,
      name,
      { ...declared, ...withIds(type, args ?? {}), ...hidden },
      pulumi.mergeOptions(
        {
          // One path or group has no room for two. Otherwise it is left to the provider, whom `false` would overrule.
          ...(isOneOfAKind ? { deleteBeforeReplace: true } : {}),
          // If that text differs, it is the program that has changed.
          ignoreChanges: ["__provider"],
          additionalSecretOutputs: secrets,
        },
        opts,
      ),
    );
  }
}

/** Arguments with ids in place of the resources that stand for them, and with what only such a resource tells. */
function withIds(type: string, args: object): Record<string, unknown> {
  const inputs: Record<string, unknown> = { ...args };
  for (const [property, value] of Object.entries(args)) {
    if (!pulumi.CustomResource.isInstance(value)) continue;
    const referred = value as pulumi.CustomResource & { size?: unknown; __urn?: unknown };
    inputs[property] = referred.id;
    // In a preview the id of a new Backend is unknown, but its own inputs are judged by then: this finds them.
    if (property === "backend") inputs.__backend = referred.__urn;
    if (type === "Attachment" && property === "volume") inputs.size ??= referred.size;
  }
  return inputs;
}
