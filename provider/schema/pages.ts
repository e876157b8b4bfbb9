import type { FunctionDeclaration } from "../functions/declaration.js";
import type { Declaration } from "../resources/resource.js";
import { cloudKey, insecureKey, numberKeys, textKeys } from "../services/cinder/client/keys.js";
import { inputTable, nestedTables, outputTable, valueTable } from "./tables.js";

const written = (source: string) => `<!-- Written by \`npm run schema\` from ${source}: change it there. -->`;

const ofThePlugin =
  "TypeScript is shown with the dynamic classes. Those of `pulumi-blockbox/plugin` take ids, as Python does: `backend: pool.id`.";

/** docs/<resource>.md */
export function resourcePage({ name, doc, inputs, outputs }: Declaration, example: string): string {
  const nestedOutputs = nestedTables(outputs, (fields) => valueTable("property", fields));
  return `# ${name}

${written(`provider/resources/${name.toLowerCase()}/declaration.ts and docs/examples/${name.toLowerCase()}`)}

${doc}

Type \`blockbox:index:${name}\` with the plugin, \`pulumi-nodejs:dynamic/blockbox:${name}\` with the dynamic classes.

## Example

${example}

${ofThePlugin}

## Inputs

${inputTable(inputs)}

## Outputs

Every input, with its default, and:

${outputTable(outputs)}

## Nested types

${nestedTables(inputs, inputTable)}${nestedOutputs === "" ? "" : `\n${nestedOutputs}`}`;
}

/** docs/functions.md */
export function functionsPage(functions: readonly FunctionDeclaration[], example: string): string {
  const sections = functions.map(
    ({ name, doc, inputs, outputs }) =>
      `## ${name}\n\n${doc}\n\n${valueTable("argument", inputs)}\n\n${valueTable("result", outputs)}\n`,
  );
  const values = Object.assign({}, ...functions.map(({ outputs }) => outputs));
  return `# Functions

${written("provider/functions and docs/examples/functions")}

In TypeScript they are plain async functions of \`pulumi-blockbox\`; with the plugin, each language has them as Pulumi's functions.

## Example

${example}

${sections.join("\n")}
## Types of results

${nestedTables(values, (fields) => valueTable("property", fields))}`;
}

/** docs/installation-configuration.md */
export function configurationPage(): string {
  const texts = Object.entries(textKeys).map(
    ([key, { doc, environment, secret }]) =>
      `| \`blockbox:${key}\`${secret ? " (secret)" : ""} | ${environment.map((name) => `\`${name}\``).join(", ")} | ${doc} |`,
  );
  const numbers = Object.entries(numberKeys).map(
    ([key, { doc, default: value }]) => `| \`blockbox:${key}\` | | ${doc} Default: ${value}. |`,
  );
  return `---
title: Blockbox Installation & Configuration
---
${written("provider/schema/pages.ts and provider/services/cinder/client/keys.ts")}

## Installation

- TypeScript and JavaScript: \`npm install @pulumi/pulumi pulumi-blockbox\`. The classes of \`pulumi-blockbox\` need nothing
  else; those of \`pulumi-blockbox/plugin\` use the plugin that the package brings.
- Python: the package is \`pulumi_blockbox\` (\`sdk/python\`). Go: \`sdk/go/blockbox\`. Both use the plugin.
- The plugin is the program \`pulumi-resource-blockbox\`. Pulumi finds it on \`PATH\`, or in a folder that \`Pulumi.yaml\` names:

\`\`\`yaml
plugins:
  providers:
    - name: blockbox
      path: node_modules/.bin
\`\`\`

Nothing is on a registry yet: see the README for how to install from a checkout. What the host needs for volumes on its own
LVM or for attaching those of a Cinder is told by \`npx pulumi-blockbox doctor\`.

## Configuration

Volumes of this host's own LVM need none. A Cinder is found by these, or in clouds.yaml: Pulumi's configuration
(\`pulumi config set\`, or the arguments of an explicit provider) comes before the environment, and that before an entry of
clouds.yaml. A secret is set with \`pulumi config set --secret\`.

| setting | environment | |
| --- | --- | --- |
${texts.join("\n")}
| \`blockbox:cloud\` | ${cloudKey.environment.map((name) => `\`${name}\``).join(", ")} | ${cloudKey.doc} |
| \`blockbox:insecure\` | | ${insecureKey.doc} Default: false. |
${numbers.join("\n")}
`;
}
