import type { Fields, Outputs, Property, PropertyType } from "../declaration/property.js";
import { describe } from "./packageSchema.js";

/** A table of inputs, each with its type, its default where it is a plain value, and what a change of it is. */
export function inputTable(fields: Fields): string {
  const rows = Object.entries(fields).map(
    ([name, property]) =>
      `| \`${name}\`${property.presence === "required" ? " (required)" : ""} | ${typeWords(property.type)} | ${cell(withDefault(property))} | ${changeWords(property)} |`,
  );
  return ["| input | type | | a change is |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** A table of arguments or results of a function, which are kept nowhere and so never change. */
export function valueTable(heading: string, fields: Fields): string {
  return table(heading, fields);
}

export function outputTable(outputs: Outputs): string {
  return table("output", outputs);
}

/** The objects that values have in them, each with a table of its own, in the order of their names. */
export function nestedTables(
  properties: Readonly<Record<string, { readonly type: PropertyType }>>,
  tableOf: (fields: Fields) => string,
): string {
  const found = new Map<string, Fields>();
  for (const { type } of Object.values(properties)) collect(type, found);
  const sections = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return sections.map(([name, fields]) => `### ${name}\n\n${tableOf(fields)}\n`).join("\n");
}

function collect({ object, element }: PropertyType, found: Map<string, Fields>): void {
  if (element) collect(element, found);
  if (object === undefined || found.has(object.name)) return;
  found.set(object.name, object.fields);
  for (const { type } of Object.values(object.fields)) collect(type, found);
}

function table(
  heading: string,
  values: Readonly<Record<string, { readonly type: PropertyType; readonly doc: string; readonly presence: string }>>,
): string {
  const rows = Object.entries(values).map(
    ([name, { type, doc, presence }]) =>
      `| \`${name}\`${presence === "required" && heading === "argument" ? " (required)" : ""} | ${typeWords(type)} | ${cell(doc)} |`,
  );
  return [`| ${heading} | type | |`, "| --- | --- | --- |", ...rows].join("\n");
}

function withDefault(property: Property): string {
  const { default: value, only } = property;
  const isPlain = ["string", "number", "boolean"].includes(typeof value) && only === undefined;
  return isPlain ? `${property.doc} Default: \`${value}\`.` : describe(property);
}

function typeWords({ spec, unit, object, orBoolean, enumeration, element, reference }: PropertyType): string {
  if (object) return `${orBoolean ? "boolean or " : ""}[${object.name}](#${object.name.toLowerCase()})`;
  if (enumeration)
    return Object.keys(enumeration.values)
      .map((value) => `\`${value}\``)
      .join(" or ");
  if (element) return `${"items" in spec ? "list" : "map"} of ${typeWords(element)}`;
  if (reference) return `[${reference}](${reference.toLowerCase()}.md) or its id`;
  return `${"type" in spec ? spec.type : "value"}${unit ? ` (${unit})` : ""}`;
}

function changeWords({ change, type }: Property): string {
  if (typeof change === "function") return "in place or a replacement, as it says";
  if (type.object && change === "inPlace") return "as for each of its own";
  return { inPlace: "in place", replace: "a replacement", growOnly: "in place, upwards" }[change];
}

/** A line end or a bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("\n", " ").replaceAll("|", "\\|");
}
