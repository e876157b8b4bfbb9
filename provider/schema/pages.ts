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
meta_desc: How to install the Blockbox provider, and how to tell it where a Cinder is.
layout: installation
---
${written("provider/schema/pages.ts and provider/services/cinder/client/keys.ts")}

## Installation

Nothing is on a registry yet. \`CLONE\` is a clone of this repository, after \`npm run build\` in it:

- TypeScript and JavaScript: \`npm install @pulumi/pulumi CLONE\`. The classes of \`pulumi-blockbox\` need nothing else; those
  of \`pulumi-blockbox/plugin\` use the plugin.
- Python: \`pip install CLONE/sdk/python\`, and \`import pulumi_blockbox\`. It uses the plugin.
- Go: \`go mod edit -replace blockbox.invalid/sdk/go=CLONE/sdk/go\`, \`go mod tidy\`, and import
  \`blockbox.invalid/sdk/go/blockbox\`. It uses the plugin.
- YAML needs the plugin alone.

The plugin is the program \`pulumi-resource-blockbox\`. Pulumi finds it on \`PATH\`, or in a folder that \`Pulumi.yaml\` names:
\`node_modules/.bin\` where npm has installed the package, else \`CLONE/dist/provider/plugin\`.

\`\`\`yaml
plugins:
  providers:
    - name: blockbox
      path: node_modules/.bin
\`\`\`

What the host needs for volumes on its own LVM, or for attaching those of a Cinder, is told by
[\`npx pulumi-blockbox doctor\`](doctor.md).

## Configuration

Volumes of this host's own LVM need none. A Cinder without Keystone is found by its endpoint alone:

\`\`\`sh
pulumi config set blockbox:endpoint http://127.0.0.1:8776/v3
\`\`\`

or by \`CINDER_ENDPOINT=http://127.0.0.1:8776/v3\` in the environment. One with Keystone is found as other clients of
OpenStack find it, by an openrc file or an entry of clouds.yaml (\`pulumi config set blockbox:cloud lab\`), or by:

\`\`\`sh
pulumi config set blockbox:authUrl https://keystone.example.org:5000/v3
pulumi config set blockbox:username volumes
pulumi config set blockbox:projectName lab
pulumi config set --secret blockbox:password
\`\`\`

Pulumi's configuration (with the plugin also the arguments of an explicit provider, of which a program may have several) comes
before the environment, and that before an entry of clouds.yaml.

| setting | environment | |
| --- | --- | --- |
${texts.join("\n")}
| \`blockbox:cloud\` | ${cloudKey.environment.map((name) => `\`${name}\``).join(", ")} | ${cloudKey.doc} |
| \`blockbox:insecure\` | | ${insecureKey.doc} Default: false. |
${numbers.join("\n")}
`;
}
