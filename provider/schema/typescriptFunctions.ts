import type { Fields, PropertyType } from "../declaration/property.js";
import type { FunctionDeclaration } from "../functions/declaration.js";
import { comment, outputInterface } from "./typescript.js";

/** The functions in TypeScript: what they take and give is plain, since no resource waits for it. */
export function typescriptFunctions(declarations: readonly FunctionDeclaration[]): string {
  // Some results have the same objects in them.
  const types = new Set(declarations.flatMap(({ outputs }) => nested(outputs)));
  return `// Written by \`npm run schema\` from provider/functions: change it there.
import { ask } from "./ask.js";

${[...types, ...declarations.map(typescriptFunction)].join("\n\n")}
`;
}

function typescriptFunction({ name, doc, inputs, outputs }: FunctionDeclaration): string {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const hasArgs = Object.keys(inputs).length > 0;
  const isOptional = Object.values(inputs).every(({ presence }) => presence !== "required");
  const parameter = hasArgs ? `args${isOptional ? "?" : ""}: ${type}Args` : "";
  return [
    ...(hasArgs ? [outputInterface(`${type}Args`, `Arguments of ${name}.`, inputs)] : []),
    outputInterface(`${type}Result`, `What ${name} gives.`, outputs),
    `${comment(doc)}
export function ${name}(${parameter}): Promise<${type}Result> {
  return ask("${name}"${hasArgs ? ", args" : ""});
}`,
  ].join("\n\n");
}

/** The types of objects in a result, inner ones first. */
function nested(fields: Fields): string[] {
  return Object.values(fields).flatMap(({ type, doc }) => objectsIn(type, doc));
}

function objectsIn({ object, element }: PropertyType, doc: string): string[] {
  if (element) return objectsIn(element, doc);
  return object ? [...nested(object.fields), outputInterface(object.name, doc, object.fields)] : [];
}
