/**
 * @typedef {object} Machine what `requirements` decides from; see `lookAround` in machine.mjs
 * @property {string} platform Node's `process.platform`
 * @property {string} arch Node's `process.arch`
 * @property {number | undefined} uid undefined where users have no numbers (Windows)
 * @property {readonly string[]} lacking Debian packages of programs that this machine lacks
 * @property {boolean} aptGet whether apt-get is there to bring them
 * @property {boolean} npm whether npm is there to bring the rest
 * @property {string} [system] as /etc/os-release names it, with its version: "debian 12"
 * @property {boolean} [cinder] whether tests shall run against a Cinder
 * @property {boolean} [guest] whether tests shall run in the guest
 * @property {boolean} [docker] whether tests shall run in containers
 */

/**
 * What this machine would need and cannot be given: nothing is installed or written before this is empty.
 * @param {Machine} machine
 * @returns {string[]} sentences
 */
export function requirements({
  platform,
  arch,
  uid,
  lacking,
  aptGet,
  npm,
  system,
  cinder = false,
  guest = false,
  docker = false,
}) {
  if (platform !== "linux") {
    return [
      `blockbox's embedded LVM needs Linux: this is ${systemName(platform)}. Run it in a Linux VM (Debian or Ubuntu, as root).`,
    ];
  }
  /** @type {string[]} */
  const sentences = [];
  if (uid !== 0) {
    sentences.push(
      "blockbox makes volume groups, loop devices and mounts, so it needs root: run the same command as root (`sudo -H npm …`).",
    );
  }
  if (arch !== "x64" && arch !== "arm64") {
    sentences.push(`blockbox needs an x64 or arm64 processor, for which Node is to be had from npm: this is ${arch}.`);
  }
  if (lacking.length > 0 && !aptGet) {
    sentences.push(
      `blockbox needs ${lacking.join(", ")} (Debian's names), and there is no apt-get here to bring them: install them with this system's package manager, then run again.`,
    );
  }
  if (cinder && system !== "debian 12") {
    sentences.push(
      `The tests against Cinder need Debian 12, whose Python and packages they bring it up with: this is ${system ?? "unknown"}. Name the other suites: \`npm test -- unit grpc …\`.`,
    );
  }
  if (guest && (system !== "debian 12" || arch !== "x64")) {
    sentences.push(
      `The tests under device-mapper boot this machine's own system in user-mode Linux and need Debian 12 on x64: this is ${system ?? "unknown"} on ${arch}. Name the other suites: \`npm test -- unit grpc …\`.`,
    );
  }
  if (docker && system !== "debian 12") {
    sentences.push(
      `The tests in containers need Debian 12, whose Docker they use and whose packages they make images of: this is ${system ?? "unknown"}. Name the other suites: \`npm test -- unit grpc …\`.`,
    );
  }
  if (!npm) sentences.push("blockbox needs npm on PATH to bring its packages: install npm, then run again.");
  return sentences;
}

/** @param {string} platform */
function systemName(platform) {
  /** @type {Record<string, string>} */
  const names = { darwin: "macOS", win32: "Windows" };
  return names[platform] ?? platform;
}
