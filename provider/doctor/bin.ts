#!/usr/bin/env node
import { createRequire } from "node:module";

/** Looked at before anything is loaded that an older Node does not understand. */
function faultOfNode(): string | undefined {
  const { engines } = createRequire(import.meta.url)("pulumi-blockbox/package.json") as { engines: { node: string } };
  const [major = 0, minor = 0] = engines.node.replace(/^>=/, "").split(".").map(Number);
  const [here = 0, minorHere = 0] = process.versions.node.split(".").map(Number);
  if (here > major || (here === major && minorHere >= minor)) return undefined;
  return `pulumi-blockbox: needs Node ${engines.node}, and this is ${process.versions.node}.\n`;
}

async function answer(): Promise<{ out: string; err: string; exitCode: number }> {
  const fault = faultOfNode();
  if (fault !== undefined) return { out: "", err: fault, exitCode: 2 };
  return (await import("./main.js")).answerTo(process.argv.slice(2));
}

const { out, err, exitCode } = await answer();
// Whoever reads only the first lines, such as head, ends the pipe.
process.stdout.on("error", () => process.exit(exitCode));
process.stderr.write(err);
// A connection that is kept alive, or a program that hangs, keeps nobody waiting.
process.stdout.write(out, () => process.exit(exitCode));
