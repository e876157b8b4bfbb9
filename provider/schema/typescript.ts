import type { Fields, Outputs, Property, PropertyType } from "../declaration/property.js";
import type { Declaration } from "../resources/resource.js";
import { describe } from "./packageSchema.js";

/** Names of the object types that several resources have. */
function sharedNames(declarations: readonly Declaration[]): string[] {
  const names = declarations.flatMap(({ inputs }) =>
    Object.values(inputs).flatMap(({ type: { object } }) => (object ? [object.name] : [])),
  );
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** The object types that several resources have, in a file of their own. */
export function typescriptSharedTypes(declarations: readonly Declaration[]): string {
  const shared = sharedNames(declarations);
  const properties = declarations.flatMap(({ inputs }) => Object.entries(inputs));
  const fields = shared.map((name) => properties.find(([, { type }]) => type.object?.name === name));
  const types = nestedTypes(Object.fromEntries(fields.filter((field) => field !== undefined)));
  return `// Written by \`npm run schema\` from provider/resources/common.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";

${types.join("\n\n")}
`;
}

/** The TypeScript class of a resource, with its arguments: plain types that any compiler since 3.8 understands. */
export function typescriptClass(
  { name, doc, inputs, outputs }: Declaration,
  declarations: readonly Declaration[],
): string {
  const shared = sharedNames(declarations);
  const own = Object.fromEntries(
    Object.entries(inputs).filter(([, { type }]) => !shared.includes(type.object?.name ?? "")),
  );
  const used = Object.values(inputs).flatMap(({ type: { object } }) =>
    object && shared.includes(object.name) ? [object.name, `${object.name}Args`] : [],
  );
  const references = Object.values(inputs).flatMap(({ type }) => (type.reference ? [type.reference] : []));
  const imports = [
    'import { BlockboxResource } from "./resource.js";',
    ...(used.length > 0 ? [`import type { ${used.join(", ")} } from "./types.js";`] : []),
    ...[...new Set(references)]
      .filter((reference) => reference !== name)
      .map((reference) => `import type { ${reference} } from "./${reference.toLowerCase()}.js";`),
  ].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  const properties = [...Object.keys(inputs), ...Object.keys(outputs)];
  const secrets = Object.entries(outputs).flatMap(([output, { secret }]) => (secret ? [output] : []));
  const isOptional = Object.values(inputs).every(({ presence }) => presence !== "required");
  return `// Written by \`npm run schema\` from provider/resources/${name.toLowerCase()}/declaration.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";
${imports.join("\n")}

${constant("properties", properties)}
${secrets.length > 0 ? `${constant("secrets", secrets)}\n` : ""}
${[argsInterface(`${name}Args`, `Arguments of ${article(name)} ${name}.`, inputs), ...nestedTypes(own), ...nestedOutputs(outputs)].join("\n\n")}

${comment(doc)}
export class ${name} extends BlockboxResource {
${[...Object.entries(inputs).map(echoMember), ...Object.entries(outputs).map(outputMember)].join("\n")}

  constructor(name: string, args${isOptional ? "?" : ""}: ${name}Args, opts?: pulumi.CustomResourceOptions) {
    super("${name}", name, { properties${secrets.length > 0 ? ", secrets" : ""} }, args, opts);
  }

  /** The ${name} that has this id, whoever manages it: it is read, never changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ${name} {
    return new ${name}(name, undefined as unknown as ${name}Args, { ...opts, id });
  }
}
`;
}

function pathOf(line: string): string {
  return line.slice(line.indexOf('"'));
}

function article(noun: string): string {
  return /^[AEIOU]/.test(noun) ? "an" : "a";
}

/** A list of texts, as the project's formatter would have it. */
function constant(name: string, texts: readonly string[]): string {
  const quoted = texts.map((text) => JSON.stringify(text));
  const line = `const ${name} = [${quoted.join(", ")}];`;
  return line.length <= 120 ? line : `const ${name} = [\n  ${quoted.join(",\n  ")},\n];`;
}

function argsInterface(name: string, doc: string, fields: Fields): string {
  const members = Object.entries(fields).map(([field, property]) => {
    const optional = property.presence === "required" ? "" : "?";
    return `${comment(docOf(property), "  ")}\n  ${field}${optional}: ${inputType(property.type)};`;
  });
  return `${comment(doc)}\nexport interface ${name} {\n${members.join("\n")}\n}`;
}

/** Nested objects have two types: of what a program gives, and of what it gets back. */
function nestedTypes(fields: Fields): string[] {
  return Object.values(fields).flatMap(({ type, doc }) => {
    if (type.object === undefined) return [];
    const { name, fields: nested } = type.object;
    return [argsInterface(`${name}Args`, doc, nested), outputInterface(name, doc, nested), ...nestedTypes(nested)];
  });
}

function nestedOutputs(outputs: Outputs): string[] {
  return Object.values(outputs).flatMap(({ type: { object }, doc }) =>
    object ? [outputInterface(object.name, doc, object.fields)] : [],
  );
}

export function outputInterface(name: string, doc: string, fields: Fields): string {
  const members = Object.entries(fields).map(
    ([field, property]) =>
      `${comment(property.doc, "  ")}\n  ${field}${absent(property)}: ${outputType(property.type)};`,
  );
  return `${comment(doc)}\nexport interface ${name} {\n${members.join("\n")}\n}`;
}

function echoMember([name, property]: [string, Property]): string {
  return member(name, property.doc, property.type, property.presence === "optional" || property.only !== undefined);
}

function outputMember([name, { doc, type, presence }]: [string, Outputs[string]]): string {
  return member(name, doc, type, presence === "optional");
}

function member(name: string, doc: string, type: PropertyType, isOptional: boolean): string {
  return `${comment(doc, "  ")}\n  declare readonly ${name}: pulumi.Output<${outputType(type)}${isOptional ? " | undefined" : ""}>;`;
}

function absent({ presence }: Property): string {
  return presence === "optional" ? "?" : "";
}

function inputType(type: PropertyType): string {
  const input = `pulumi.Input<${innerInput(type)}>`;
  return type.reference ? `${input} | ${type.reference}` : input;
}

function innerInput({ object, orBoolean, element, spec, enumeration }: PropertyType): string {
  if (object) return `${orBoolean ? "boolean | " : ""}${object.name}Args`;
  if (element)
    return "type" in spec && spec.type === "array"
      ? `${inputType(element)}[]`
      : `{ [key: string]: ${inputType(element)} }`;
  return enumeration ? union(enumeration.values) : primitive(spec);
}

function outputType({ object, orBoolean, element, spec, enumeration }: PropertyType): string {
  if (object) return `${orBoolean ? "boolean | " : ""}${object.name}`;
  if (element)
    return "type" in spec && spec.type === "array"
      ? `${outputType(element)}[]`
      : `{ [key: string]: ${outputType(element)} }`;
  return enumeration ? union(enumeration.values) : primitive(spec);
}

function union(values: Readonly<Record<string, string>>): string {
  return Object.keys(values)
    .map((value) => `"${value}"`)
    .join(" | ");
}

function primitive(spec: PropertyType["spec"]): string {
  const type = "type" in spec ? spec.type : "string";
  return type === "integer" ? "number" : type;
}

function docOf(property: Property): string {
  const { default: value, presence } = property;
  const isPlain = presence === "defaulted" && ["string", "number", "boolean"].includes(typeof value);
  return isPlain ? `${describe(property)} Default: ${JSON.stringify(value)}.` : describe(property);
}

export function comment(doc: string, indent = ""): string {
  return `${indent}/** ${doc} */`;
}
