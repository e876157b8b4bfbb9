import type { FunctionDeclaration } from "../functions/declaration.js";
import type { Declaration } from "../resources/resource.js";

/** docs/_index.md: the overview, in the form that Pulumi's registry gives to packages. */
export function indexPage(
  declarations: readonly Declaration[],
  functions: readonly FunctionDeclaration[],
  example: string,
): string {
  const resources = declarations.map(({ name, doc }) => `- [${name}](${name.toLowerCase()}.md): ${firstSentence(doc)}`);
  const asked = functions.map(({ name }) => `[\`${name}\`](functions.md#${name.toLowerCase()})`);
  return `---
title: Blockbox
meta_desc: Block storage that stands alone, on one host's LVM or in a Cinder, as Pulumi resources.
layout: package
---
<!-- Written by \`npm run schema\` from provider/schema/indexPage.ts and docs/examples/overview: change it there. -->

Blockbox makes block storage without the rest of a cloud: volumes, snapshots and attachments on one host's own LVM, with no
service to run, or in a standalone Cinder that you have. The same resources serve both. A preview tells what an update will do
and refuses what it cannot do, and no data is lost when something is killed half-way.

## Example

A volume of this host, formatted and mounted. Run as root; \`npx pulumi-blockbox doctor lvm\` tells what the host lacks.

${example}

## Resources and functions

${resources.join("\n")}
- Functions: ${asked.join(", ")}.

[Installation and configuration](installation-configuration.md), [error codes](errors.md), [the doctor](doctor.md).

## How to

- [A single host](how-to/single-host.md): from a clone to a mounted volume that grows.
- [block-box from nothing](how-to/block-box.md): a standalone Cinder in containers, by one command.
- [A second backend](how-to/second-backend.md): another driver for that Cinder.
- [Growing out of one host](how-to/growing-out-of-one-host.md): a volume moves into a Cinder, without a copy.
- [Tearing down test volumes in CI](how-to/test-volumes-in-ci.md): nothing stays, however a job ends.
- [Bringing in what exists](import.md): by its id, through the plugin or into a stack of dynamic resources.
- [After a crash](how-to/after-a-crash.md): a killed \`pulumi\`, a reboot, a full pool.
`;
}

/** Up to the first full stop that ends a sentence. */
function firstSentence(doc: string): string {
  return /^.*?\.(?=\s|$)/s.exec(doc)?.[0] ?? doc;
}
