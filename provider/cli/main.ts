import { createRequire } from "node:module";
import { configure } from "../configuration.js";
import { noticesGoTo } from "../host/notice.js";
import { readArguments } from "./arguments.js";
import { UsageError, usage, type Wish } from "./usage.js";

/** What a command line is answered. */
export interface Answer {
  readonly out: string;
  readonly err: string;
  readonly exitCode: 0 | 1 | 2;
}

/** Never rejects. */
export async function answerTo(args: readonly string[]): Promise<Answer> {
  const notices: string[] = [];
  noticesGoTo((message) => void notices.push(`${message}\n`));
  try {
    const answer = await outcomeOf(readArguments(args));
    return { ...answer, err: notices.join("") };
  } catch (error) {
    if (error instanceof UsageError) {
      return { out: "", err: `pulumi-blockbox: ${error.message}. See pulumi-blockbox --help.\n`, exitCode: 2 };
    }
    const words = error instanceof Error ? error.message : String(error);
    return { out: "", err: `${notices.join("")}pulumi-blockbox: ${words}\n`, exitCode: 2 };
  }
}

async function outcomeOf(wish: Wish): Promise<Omit<Answer, "err">> {
  if (wish.kind === "help") return { out: usage, exitCode: 0 };
  if (wish.kind === "version") return { out: `${version()}\n`, exitCode: 0 };
  if (wish.kind === "import") {
    const { importFile } = await import("./importFile.js");
    configure((key) => wish.settings[key]);
    return { out: jsonText(await importFile(wish)), exitCode: 0 };
  }
  const { services, json, timeoutS, settings } = wish;
  const [{ examine }, { table }] = await Promise.all([import("../doctor/examine.js"), import("../doctor/table.js")]);
  const all: Readonly<Record<string, string>> = { ...settings, requestTimeout: `${timeoutS}` };
  configure((key) => all[key]);
  const { format, ...found } = await examine(services, timeoutS * 1_000);
  const report = { format, version: version(), ...found };
  return { out: json ? jsonText(report) : table(report), exitCode: report.usable ? 0 : 1 };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** By the package's own name, since this file is compiled to another depth. */
function version(): string {
  const { version } = createRequire(import.meta.url)("pulumi-blockbox/package.json") as { version: string };
  return version;
}
