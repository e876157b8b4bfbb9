#!/usr/bin/env node
import { faultOfNode } from "../faultOfNode.js";

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
