import { execa } from "execa";
import { BlockboxError } from "../errors.js";
import { findTool, installCommand, searchPath, type Tool } from "./tools.js";

export interface RunOptions {
  /** A `Lock`: the child keeps it until it ends, even when our process is killed before. */
  lock?: { readonly fd: number } | undefined;
  /** Further locks that the child keeps likewise; for programs that do not close what they inherit. */
  moreLocks?: readonly { readonly fd: number }[];
  /** How long the command may take, or with `progress`: how long it may stand still. Default 60,000. */
  timeoutMs?: number;
  /** Exit codes that are an answer, not a failure. Default: 0 alone. */
  okExitCodes?: readonly number[];
  /** The arguments as errors show them, where some hold what a user may want to keep. */
  shownArgs?: readonly string[];
  /** A value that changes as long as the command gets on with its work. */
  progress?: () => string | number;
}

export interface CommandResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

const defaultTimeoutMs = 60_000;
/** How long a command gets to end by itself after SIGTERM. */
const graceMs = 5_000;

/**
 * Run one program with an argument array, without a shell.
 * Throws TOOL_MISSING, COMMAND_FAILED (in the command's own words) or COMMAND_STALLED (ended by us).
 */
export async function run(tool: Tool, args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const program = findTool(tool);
  if (program === undefined) throw toolMissing(tool);
  const child = execa(program, args, {
    env: { PATH: searchPath(), LC_ALL: "C", LVM_SUPPRESS_FD_WARNINGS: "1" },
    // A lock is handed over as standard input because lvm closes every inherited descriptor above 2.
    // Its read position stands at the end, so a program that asks a question gets no answer, as with /dev/null.
    stdio: [
      options.lock ? inherited(options.lock) : "ignore",
      "pipe",
      "pipe",
      ...(options.moreLocks ?? []).map(inherited),
    ],
    // What holds a lock is not ended with our process: until it ends by itself, nobody else gets the lock.
    cleanup: options.lock === undefined,
    forceKillAfterDelay: graceMs,
    reject: false,
    maxBuffer: 256 * 1024 * 1024,
  });
  const watch = watchTime(options, () => child.kill("SIGTERM"));
  const result = await Promise.race([child, watch.stuck]).finally(watch.stop);
  const command = describe(tool, options.shownArgs ?? args);
  if (result === undefined || watch.expired()) throw stalled(command, options, result === undefined);
  if (result.exitCode === undefined) {
    if (result.code === "ENOENT") throw toolMissing(tool);
    const reason =
      result.signal === undefined ? (result.originalMessage ?? result.code) : `it was ended by ${result.signal}`;
    throw new BlockboxError("COMMAND_FAILED", `\`${command}\` failed: ${reason}.`);
  }
  if (!(options.okExitCodes ?? [0]).includes(result.exitCode)) {
    const words = ownWords(result.stderr) || ownWords(result.stdout) || "it gave no reason";
    throw new BlockboxError("COMMAND_FAILED", `\`${command}\` failed (exit code ${result.exitCode}): ${words}`);
  }
  return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode };
}

/** The cast: execa passes any descriptor on, but its types stop at 9. */
function inherited({ fd }: { readonly fd: number }): 3 {
  return fd as 3;
}

interface Watch {
  stop: () => void;
  expired: () => boolean;
  /** Settles when the command did not even end when told to: it hangs in the kernel. */
  stuck: Promise<undefined>;
}

/** Calls `end` once the time is over, or with `progress` once it has stood still for that long. */
function watchTime(options: RunOptions, end: () => void): Watch {
  const limitMs = options.timeoutMs ?? defaultTimeoutMs;
  let value = options.progress?.();
  let since = performance.now();
  let expiredAt: number | undefined;
  let giveUp: (value: undefined) => void;
  const stuck = new Promise<undefined>((resolve) => {
    giveUp = resolve;
  });
  const timer = setInterval(
    () => {
      const now = performance.now();
      if (expiredAt !== undefined) {
        if (now - expiredAt > 2 * graceMs) giveUp(undefined);
        return;
      }
      const latest = options.progress?.();
      if (latest !== value) [value, since] = [latest, now];
      if (now - since < limitMs) return;
      expiredAt = now;
      end();
    },
    Math.min(500, Math.max(10, limitMs / 10)),
  );
  return { stop: () => clearInterval(timer), expired: () => expiredAt !== undefined, stuck };
}

/** The command as a user may know it: without the text of our own small programs, and not endless. */
function describe(tool: Tool, args: readonly string[]): string {
  const text = [tool, ...args.map((arg) => (arg.includes("\n") ? "…" : arg))].join(" ");
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}

const noise = /^(WARNING: Activation disabled\.|File descriptor \d+ \(.*\) leaked on|mke2fs \d|resize2fs \d)/;

function ownWords(output: string): string {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !noise.test(line))
    .join(" ")
    .slice(0, 2000);
}

function stalled(command: string, options: RunOptions, stuck: boolean): BlockboxError {
  const seconds = (options.timeoutMs ?? defaultTimeoutMs) / 1000;
  const what = options.progress === undefined ? `did not end within ${seconds} s` : `made no progress for ${seconds} s`;
  const end = stuck ? "it hangs in the kernel and could not be ended" : "it was ended";
  return new BlockboxError(
    "COMMAND_STALLED",
    `\`${command}\` ${what}; ${end}. Look at its device with \`dmesg\`, then run again.`,
  );
}

function toolMissing(tool: Tool): BlockboxError {
  return new BlockboxError(
    "TOOL_MISSING",
    `This host lacks the program \`${tool}\`. Install it: \`${installCommand(tool)}\`.`,
  );
}
