import { runGroup } from "./children.mjs";
import { Failure } from "./failure.mjs";

/**
 * @typedef {object} QuietOptions
 * @property {string} [cwd]
 * @property {import("./environment.mjs").Environment} env
 * @property {number} timeoutMs
 * @property {boolean} [wholeOnly] it must not be cut short, see `runGroup`
 * @property {string} what what this was to do, for the message: "could not " + what
 */

/**
 * Runs a command whose words only matter when it fails; then they are in the message.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {QuietOptions} options
 * @returns {Promise<string>} what it printed
 */
export async function quiet(command, args, { what, ...options }) {
  const { code, timedOut, text } = await attempt(command, args, options);
  if (code === 0) return text;
  const why = timedOut ? `not done after ${Math.round(options.timeoutMs / 1000)} s` : `exit code ${code}`;
  throw new Failure(`blockbox could not ${what}: \`${command} ${args.join(" ")}\`, ${why}.\n${lastLines(text)}`);
}

/**
 * The same, but failing is an answer.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Omit<QuietOptions, "what">} options
 */
export async function attempt(command, args, options) {
  let text = "";
  const end = await runGroup(command, args, options, (more) => {
    text = (text + more).slice(-200_000);
  });
  return { ...end, text };
}

/** @param {string} text */
export function lastLines(text) {
  return text
    .trimEnd()
    .split("\n")
    .slice(-20)
    .map((line) => `  ${line}`)
    .join("\n");
}
