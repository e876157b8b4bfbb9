import { findTool, installCommand, packageOfTool, type Tool } from "../host/tools.js";
import { lacking, ok } from "./check.js";
import type { Check } from "./report.js";

/** A check for each package that brings some of the programs. */
export function programChecks(tools: readonly Tool[]): Check[] {
  return [...Map.groupBy(tools, packageOfTool)].map(([name, ofPackage]) => {
    const lack = lackOf(ofPackage);
    return lack === undefined ? ok(name, ofPackage.join(", ")) : lacking(name, lack.words, { command: lack.command });
  });
}

/** Which of a package's programs are not here, and the command that brings them. */
export function lackOf(tools: readonly Tool[]): { words: string; command: string } | undefined {
  const missing = tools.filter((tool) => findTool(tool) === undefined);
  const [first] = missing;
  return first && { words: `lacks ${missing.join(", ")}`, command: installCommand(first) };
}
