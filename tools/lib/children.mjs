import { spawn } from "node:child_process";
import { constants } from "node:os";
import { heldLocks } from "./lock.mjs";

/** How long a group has after SIGTERM, and how long one has that must not be cut short. */
const graceMs = 5_000;
const patienceMs = 3 * 60_000;

/**
 * @typedef {object} Group a process group that we lead and that still runs
 * @property {number} id
 * @property {boolean} wholeOnly see `runGroup`
 */

/** @type {Set<Group>} */
const groups = new Set();

/** @type {Set<import("node:child_process").ChildProcess>} children that share our terminal */
const foreground = new Set();

/** From then on nothing starts any more, and nothing goes on. */
let ending = false;

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    // Ctrl-C reaches the foreground by itself, and pulumi wants to end orderly: we end when it has.
    if (signal !== "SIGINT") for (const child of foreground) child.kill(signal);
    if (foreground.size > 0 || ending) return; // Under npm, one Ctrl-C comes twice.
    ending = true;
    if (signal !== "SIGHUP" && [...groups].some(({ wholeOnly }) => wholeOnly))
      process.stderr.write("\nWaiting for what must not be cut short …\n");
    void endGroups().then(() => process.exit(128 + constants.signals[signal]));
  });
}

async function endGroups() {
  await Promise.all([...groups].map((group) => endGroup(group, () => !groups.has(group))));
}

/**
 * @param {Group} group
 * @param {() => boolean} hasEnded
 */
async function endGroup(group, hasEnded) {
  if (group.wholeOnly) {
    send(group.id, "SIGINT");
    await until(hasEnded, patienceMs);
  }
  if (!hasEnded()) send(-group.id, "SIGTERM");
  await until(hasEnded, graceMs);
  // Also the rest of a group whose leader has ended.
  send(-group.id, "SIGKILL");
}

/**
 * @param {() => boolean} is
 * @param {number} limitMs
 */
async function until(is, limitMs) {
  const end = Date.now() + limitMs;
  while (!is() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}

/**
 * Runs a program in a process group of its own, so that a limit or Ctrl-C ends all that it started. What must not be
 * cut short (`wholeOnly`: apt-get amid packages) is only asked to, by an interrupt to itself, and then waited for.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env: import("./environment.mjs").Environment, timeoutMs: number, inherit?: boolean, wholeOnly?: boolean }} options
 * @param {(text: string) => void} [onText] gets what it prints, unless that is inherited
 * @returns {Promise<{ code: number, timedOut: boolean }>} code 127: it could not be started
 */
export function runGroup(
  command,
  args,
  { cwd, env, timeoutMs, inherit = false, wholeOnly = false },
  onText = () => {},
) {
  return new Promise((resolve) => {
    if (ending) return;
    const out = inherit ? "inherit" : "pipe";
    // With our locks: should we be killed, the next command waits for what we started.
    const stdio = /** @type {import("node:child_process").StdioOptions} */ (["ignore", out, out, ...heldLocks()]);
    const child = spawn(command, args, { cwd, env, detached: true, stdio });
    const group = child.pid === undefined ? undefined : { id: child.pid, wholeOnly };
    let timedOut = false;
    if (group !== undefined) groups.add(group);
    const limit = setTimeout(() => {
      timedOut = true;
      if (group !== undefined) void endGroup(group, () => !groups.has(group));
    }, timeoutMs);
    child.stdout?.setEncoding("utf8").on("data", onText);
    child.stderr?.setEncoding("utf8").on("data", onText);
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(limit);
      if (group !== undefined) {
        groups.delete(group);
        // The rest of the group, if the limit ended its leader.
        if (timedOut) send(-group.id, "SIGKILL");
      }
      child.stdout?.destroy();
      child.stderr?.destroy();
      if (!ending) resolve({ code, timedOut });
    };
    child.on("error", (error) => {
      onText(`${error.message}\n`);
      end(127);
    });
    child.on("close", (code) => end(code ?? 128));
    // What it left behind may hold its pipes open for ever: a second for the rest of its words, then on.
    child.on("exit", (code) => setTimeout(end, 1_000, code ?? 128).unref());
  });
}

/**
 * Runs a program on our own terminal, as long as it takes.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: import("./environment.mjs").Environment }} options
 * @returns {Promise<number>} its exit code
 */
export function runForeground(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: "inherit" });
    foreground.add(child);
    child.on("error", reject);
    child.on("close", (code) => {
      foreground.delete(child);
      resolve(code ?? 128);
    });
  });
}

/**
 * @param {number} target a process, or a group by its negative number
 * @param {NodeJS.Signals} signal
 */
function send(target, signal) {
  try {
    process.kill(target, signal);
  } catch {
    // It has ended.
  }
}
