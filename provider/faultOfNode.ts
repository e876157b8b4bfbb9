import { createRequire } from "node:module";

/** What a user is told whose Node is too old. Asked before anything is loaded that such a Node does not understand. */
export function faultOfNode(): string | undefined {
  const { engines } = createRequire(import.meta.url)("pulumi-blockbox/package.json") as { engines: { node: string } };
  const [major = 0, minor = 0] = engines.node.replace(/^>=/, "").split(".").map(Number);
  const [here = 0, minorHere = 0] = process.versions.node.split(".").map(Number);
  if (here > major || (here === major && minorHere >= minor)) return undefined;
  return `pulumi-blockbox: needs Node ${engines.node}, and this is ${process.versions.node}.\n`;
}
