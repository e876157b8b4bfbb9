import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export interface ReadmeOptions {
  /** Where a reader would be at the first command. */
  cwd: string;
  env: Record<string, string | undefined>;
  /** Set back after the last command. */
  after(body: () => void): void;
}

/**
 * The commands in the `sh` blocks of a README, each one run by a test as a reader's shell would: a later one has the
 * folder and the variables that earlier ones left.
 */
export class Readme {
  readonly #commands: readonly string[];
  readonly #ran = new Set<string>();
  readonly #session: string;
  readonly #env: ReadmeOptions["env"];

  constructor(path: string, { cwd, env, after }: ReadmeOptions) {
    this.#commands = commandsOf(readFileSync(path, "utf8"));
    this.#env = env;
    this.#session = mkdtempSync(join(tmpdir(), "bbt-readme-"));
    after(() => rmSync(this.#session, { recursive: true }));
    writeFileSync(join(this.#session, "variables"), "");
    writeFileSync(join(this.#session, "folder"), cwd);
  }

  /** Runs the command that is these words, or else the one that begins with them; answers what it printed. `edit` puts a test's own paths in. */
  async run(
    begin: string,
    timeoutMs: number,
    edit: (command: string) => string = (command) => command,
  ): Promise<string> {
    const same = this.#commands.filter((command) => command === begin);
    const found = same.length > 0 ? same : this.#commands.filter((command) => command.startsWith(begin));
    assert.equal(found.length, 1, `"${begin}" begins ${found.length} commands of:\n${this.#commands.join("\n")}`);
    const [command = ""] = found;
    const { exitCode, timedOut, all } = await execa("bash", ["-c", session, this.#session, edit(command)], {
      ...{ env: this.#env, extendEnv: false, stdin: "ignore", all: true, reject: false, timeout: timeoutMs },
    });
    assert.ok(!timedOut, `after ${timeoutMs} ms, ${command} is not done:\n${all}`);
    assert.equal(exitCode, 0, `${command}:\n${all}`);
    this.#ran.add(command);
    return all;
  }

  /** Fails for a command that no test ran. */
  assertAllRan(): void {
    assert.deepEqual(
      this.#commands.filter((command) => !this.#ran.has(command)),
      [],
    );
  }
}

/** $0 is the session's folder, $1 the command. */
const session = `
  . "$0/variables"
  cd "$(<"$0/folder")" || exit
  trap 'code=$?; export -p >"$0/variables"; pwd >"$0/folder"; exit $code' EXIT
  eval "$1"
`;

/** Lines without their comments; one that ends in a backslash goes on. */
export function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  return blocks.flatMap((text) =>
    text
      .replaceAll(/\\\n\s*/g, "")
      .split("\n")
      .map((line) => line.replace(/(^|\s+)#\s.*$/, ""))
      .filter((line) => line !== ""),
  );
}
