import { spawn } from "node:child_process";

/** @type {Set<number>} process groups that we lead and that still run */
const groups = new Set();

/** @type {Set<import("node:child_process").ChildProcess>} children that share our terminal */
const foreground = new Set();

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    for (const group of groups) signalGroup(group, "SIGTERM");
    // Ctrl-C reaches the foreground by itself, and pulumi wants to end orderly: we end when it has.
    if (signal !== "SIGINT") for (const child of foreground) child.kill(signal);
    if (foreground.size === 0) process.exit(130);
  });
}

/**
 * Runs a program in a process group of its own, so that a limit or Ctrl-C ends all that it started.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env: import("./environment.mjs").Environment, timeoutMs: number, inherit?: boolean }} options
 * @param {(text: string) => void} [onText] gets what it prints, unless that is inherited
 * @returns {Promise<{ code: number, timedOut: boolean }>} code 127: it could not be started
 */
export function runGroup(command, args, { cwd, env, timeoutMs, inherit = false }, onText = () => {}) {
  return new Promise((resolve) => {
    const out = inherit ? "inherit" : "pipe";
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", out, out] });
    const group = child.pid;
    let timedOut = false;
    if (group !== undefined) groups.add(group);
    const limit = setTimeout(() => {
      timedOut = true;
      if (group === undefined) return;
      signalGroup(group, "SIGTERM");
      setTimeout(() => signalGroup(group, "SIGKILL"), 5_000).unref();
    }, timeoutMs);
    child.stdout?.setEncoding("utf8").on("data", onText);
    child.stderr?.setEncoding("utf8").on("data", onText);
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(limit);
      if (group !== undefined) {
        groups.delete(group);
        // The rest of the group, if the limit ended its leader.
        if (timedOut) signalGroup(group, "SIGKILL");
      }
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ code, timedOut });
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
 * @param {number} group
 * @param {NodeJS.Signals} signal
 */
function signalGroup(group, signal) {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended.
  }
}
