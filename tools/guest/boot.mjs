import { mkdtempSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runGroup } from "../lib/children.mjs";
import { lastLines, quiet } from "../lib/quiet.mjs";
import { guestCpu } from "./cpu.mjs";

/**
 * @typedef {object} GuestOptions
 * @property {string} cwd where the command starts: the guest has this machine's folders
 * @property {import("../lib/environment.mjs").Environment} env all that the command gets, but for TMPDIR
 * @property {number} timeoutMs boot and power-off included; the guest has ended then, whatever it does
 * @property {string | undefined} [cpu] of this machine's
 * @property {number} [memoryGib]
 * @property {readonly string[]} [disks] images that the guest has as /dev/ubda, /dev/ubdb, …; what it writes is kept
 * @property {{ ofProcess: number, tap: string, address: string } | undefined} [network] its one network: a tap device in that process's
 * network namespace, and what the guest's end has as its address (with the length of its prefix)
 * @property {string | undefined} [out] a folder of the host that the guest has, writable, as `guestOut`
 * @property {string} [log] a file for what the guest's kernel says
 * @property {boolean} [inherit] show what the command prints; otherwise `onText` gets it
 */

const init = fileURLToPath(new URL("init.sh", import.meta.url));

/** Where temporary files are in the guest: on its tmpfs, which is quicker than the overlay. */
const temporary = "/run/tmp";

/** Where init.sh has that folder. */
export const guestOut = "/out";

/** The last disk that the guest can have, as init.sh knows it. */
const scratchLetter = "p";
const scratchGib = 24;

/** The code of a guest that ended without its command's. */
const lost = 125;

/**
 * Boots this machine's own root in user-mode Linux, whose kernel has device-mapper, and runs a command in it as root.
 * @param {readonly string[]} command
 * @param {GuestOptions} options
 * @param {(text: string) => void} [onText]
 * @returns {Promise<{ code: number, timedOut: boolean }>} the command's exit code, or 125 where the guest ended without
 */
export async function runInGuest(command, options, onText) {
  const { cwd, env, timeoutMs, memoryGib = 4, disks = [], inherit = false, network, cpu = guestCpu() } = options;
  const say = inherit || onText === undefined ? aloud : onText;
  const letters = mkdtempSync(join(tmpdir(), "blockbox-guest-"));
  try {
    const out = options.out ?? letters;
    const log = options.log ?? join(letters, "log");
    rmSync(join(out, "code"), { force: true });
    writeFileSync(join(out, "command"), nulls(command));
    writeFileSync(join(out, "environment"), nulls(variables({ ...env, TMPDIR: temporary })));
    writeFileSync(join(out, "folder"), cwd);
    const kernel = [
      `mem=${memoryGib}G`,
      ...["rootfstype=hostfs", "rootflags=/", "ro", `init=${init}`, "quiet", `uml_dir=${letters}`],
      ...disks.map((image, index) => `ubd${String.fromCharCode(97 + index)}=${image}`),
      `ubd${scratchLetter}=${await makeScratch(join(letters, "scratch"), env)}`,
      ...["con=null", "con0=null,fd:2", "con1=null,fd:3"],
      // What the kernel does not know becomes PID 1's environment.
      ...[`GUEST_OUT=${out}`, `TMPDIR=${temporary}`],
      // Without gro it drops the large frames that another guest sends.
      ...(network ? [`vec0:transport=tap,ifname=${network.tap},gro=1`, `GUEST_ADDRESS=${network.address}`] : []),
    ];
    const enter = network ? ["nsenter", `--net=/proc/${network.ofProcess}/ns/net`] : [];
    // The command's words come by descriptor 3, the kernel's by 1 and 2.
    const script = 'exec 3>&1 >"$0" 2>&1; exec "$@"';
    const args = ["-c", script, log, ...enter, "taskset", "-c", cpu, "linux.uml", ...kernel];
    const run = { cwd: "/", env: { ...env, TMPDIR: memoryFolder(memoryGib) }, timeoutMs, inherit };
    const { timedOut } = await runGroup("sh", args, run, onText);
    const code = codeIn(out);
    if (code === lost && !timedOut) say(`The guest ended without its command's exit code:\n${wordsIn(log)}\n`);
    return { code, timedOut };
  } finally {
    rmSync(letters, { recursive: true, force: true });
  }
}

/**
 * An empty file system for the default folder of Backends' files, whose space is reserved: too much for memory.
 * @param {string} image
 * @param {import("../lib/environment.mjs").Environment} env
 */
async function makeScratch(image, env) {
  writeFileSync(image, "");
  truncateSync(image, scratchGib * 2 ** 30);
  const quick = ["-q", "-F", "-m", "0", "-O", "^has_journal", "-E", "lazy_itable_init=1,nodiscard"];
  await quiet("mkfs.ext4", [...quick, image], { env, timeoutMs: 60_000, what: "make the guest's scratch disk" });
  return image;
}

/** @param {string} text */
const aloud = (text) => void process.stdout.write(text);

/** @param {string} log */
function wordsIn(log) {
  try {
    return lastLines(readFileSync(log, "utf8"));
  } catch {
    return "";
  }
}

/** @param {readonly string[]} texts */
const nulls = (texts) => texts.map((text) => `${text}\0`).join("");

/** @param {import("../lib/environment.mjs").Environment} env */
function variables(env) {
  return Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

/**
 * The guest's memory is a file, which is quick on a tmpfs that is large enough.
 * @param {number} gib
 */
function memoryFolder(gib) {
  const { bavail, bsize } = statfsSync("/dev/shm");
  return bavail * bsize > gib * 2 ** 30 ? "/dev/shm" : tmpdir();
}

/** @param {string} folder */
function codeIn(folder) {
  try {
    return Number(readFileSync(join(folder, "code"), "utf8") || lost);
  } catch {
    return lost;
  }
}
