import type { PropertyType, TypeSpec } from "../declaration/property.js";
import { type Fields, isDerived, type Outputs, type Property } from "../declaration/property.js";
import type { FunctionDeclaration } from "../functions/declaration.js";
import type { Declaration } from "../resources/resource.js";
import { cloudKey, insecureKey, numberKeys, textKeys } from "../services/cinder/client/keys.js";

/** A property in Pulumi's package schema (https://www.pulumi.com/docs/iac/extending-pulumi/schema/). */
type PropertySpec = TypeSpec & {
  description: string;
  default?: unknown;
  willReplaceOnChanges?: boolean;
  secret?: boolean;
};

interface ObjectSpec {
  description: string;
  type: "object" | "string";
  properties?: Record<string, PropertySpec>;
  required?: string[];
  enum?: { name: string; value: string; description: string }[];
}

interface Package {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords: readonly string[];
}

/** The package schema: everything in it comes from declarations and from package.json. */
export function packageSchema(
  { version, description, license, keywords }: Package,
  declarations: readonly Declaration[],
  functions: readonly FunctionDeclaration[],
): object {
  const types: Record<string, ObjectSpec> = {};
  for (const { inputs, outputs } of declarations) collectTypes({ ...inputs, ...outputs }, types);
  for (const { inputs, outputs } of functions) collectTypes({ ...inputs, ...outputs }, types);
  const settings = settingSpecs();
  return {
    name: "blockbox",
    displayName: "Blockbox",
    version,
    description,
    license,
    keywords: [...keywords, "category/infrastructure", "kind/native"],
    // Go's module and Python's project file are written too.
    meta: { supportPack: true },
    config: { variables: settings },
    types,
    provider: {
      description:
        "The block service that resources without `cloud` are in. Resources of this host's LVM need no settings.",
      inputProperties: settings,
    },
    resources: Object.fromEntries(
      declarations.map((declaration) => [`blockbox:index:${declaration.name}`, resourceSpec(declaration)]),
    ),
    functions: Object.fromEntries(
      functions.map((declaration) => [`blockbox:index:${declaration.name}`, functionSpec(declaration)]),
    ),
    language: {
      // TypeScript has its own classes beside these (sdk/nodejs), in the same npm package.
      nodejs: { packageName: "pulumi-blockbox", respectSchemaVersion: true },
      python: { packageName: "pulumi_blockbox", pyproject: { enabled: true }, respectSchemaVersion: true },
      // Nowhere to be downloaded from: a program has a `replace` for it.
      go: { importBasePath: "blockbox.invalid/sdk/go/blockbox", respectSchemaVersion: true },
    },
  };
}

function functionSpec({ doc, inputs, outputs }: FunctionDeclaration): object {
  return {
    description: doc,
    inputs: { type: "object", properties: inputSpecs(inputs), required: namesOf(inputs, "required") },
    outputs: { type: "object", properties: echoSpecs(outputs), required: namesOf(outputs, "required") },
  };
}

/**
 * The provider's configuration. The environment's words for it are said, but are no defaults of the schema: those would be
 * filled in by programs and count as configuration, which what a shell happens to have set up must not overrule.
 */
function settingSpecs(): Record<string, PropertySpec> {
  const texts = Object.entries(textKeys).map(([key, { doc, environment, secret }]) => [
    key,
    { type: "string", description: `${doc} ${fromEnvironment(environment)}`, ...(secret ? { secret } : {}) },
  ]);
  const numbers = Object.entries(numberKeys).map(([key, { doc, default: value, whole }]) => [
    key,
    { type: whole ? "integer" : "number", description: `${doc} Default: ${value}.` },
  ]);
  return {
    ...Object.fromEntries([...texts, ...numbers]),
    insecure: { type: "boolean", description: insecureKey.doc },
    cloud: { type: "string", description: `${cloudKey.doc} ${fromEnvironment(cloudKey.environment)}` },
  };
}

const fromEnvironment = (names: readonly string[]) =>
  `From the environment: ${names.map((name) => `\`${name}\``).join(", else ")}.`;

function resourceSpec({ name, doc, inputs, outputs }: Declaration): object {
  return {
    description: doc,
    // A stack of dynamic resources goes on with the plugin's, with the same ids.
    aliases: [{ type: `pulumi-nodejs:dynamic/blockbox:${name}` }],
    inputProperties: inputSpecs(inputs),
    requiredInputs: namesOf(inputs, "required"),
    properties: { ...echoSpecs(inputs), ...outputSpecs(outputs) },
    required: [...alwaysThere(inputs), ...namesOf(outputs, "required")],
  };
}

function inputSpecs(fields: Fields): Record<string, PropertySpec> {
  const specs = Object.entries(fields).map(([name, property]) => {
    const replaces = property.change === "replace" ? { willReplaceOnChanges: true } : {};
    return [name, { ...property.type.spec, description: describe(property), ...fixedDefault(property), ...replaces }];
  });
  return Object.fromEntries(specs);
}

function echoSpecs(fields: Fields): Record<string, PropertySpec> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type, doc }]) => [name, { ...type.spec, description: doc }]),
  );
}

function outputSpecs(outputs: Outputs): Record<string, PropertySpec> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, doc, secret }]) => [
      name,
      { ...type.spec, description: doc, ...(secret ? { secret } : {}) },
    ]),
  );
}

/** The doc of a property, with its default where the schema cannot have it as a value. */
export function describe({ doc, default: value, only }: Property): string {
  if (isDerived(value)) return `${doc} Default: ${value.doc}.`;
  return only !== undefined && isPlain(value) ? `${doc} Default: \`${value}\`.` : doc;
}

/** Programs fill it in, so not what would be refused with the other service: that has its default in its description. */
function fixedDefault({ default: value, only }: Property): { default?: unknown } {
  return only === undefined && isPlain(value) ? { default: value } : {};
}

const isPlain = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);

/** Inputs that every resource of the kind echoes, whatever its service. */
function alwaysThere(inputs: Fields): string[] {
  return namesOf(inputs, "required", "defaulted", "resolved").filter((name) => inputs[name]?.only === undefined);
}

function namesOf(properties: Fields | Outputs, ...presences: string[]): string[] {
  return Object.entries(properties)
    .filter(([, { presence }]) => presences.includes(presence))
    .map(([name]) => name);
}

function collectTypes(
  properties: Readonly<Record<string, { readonly type: PropertyType; readonly doc: string }>>,
  types: Record<string, ObjectSpec>,
): void {
  for (const { type, doc } of Object.values(properties)) {
    const { object, enumeration, element } = type;
    if (object) {
      types[`blockbox:index:${object.name}`] = {
        description: doc,
        type: "object",
        properties: inputSpecs(object.fields),
        required: namesOf(object.fields, "required"),
      };
      collectTypes(object.fields, types);
    }
    if (enumeration) {
      types[`blockbox:index:${enumeration.name}`] = {
        description: `One of ${Object.keys(enumeration.values).join(", ")}.`,
        type: "string",
        enum: Object.entries(enumeration.values).map(([value, description]) => ({
          name: pascal(value),
          value,
          description,
        })),
      };
    }
    if (element) collectTypes({ element: { type: element, doc } }, types);
  }
}

function pascal(value: string): string {
  return value.charAt(0).toUpperCase() + value.slice(1);
}
