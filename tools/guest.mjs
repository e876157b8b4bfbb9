import { parseArgs } from "node:util";
import { runInGuest } from "./guest/boot.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { prepare, requireFitMachine } from "./prepare.mjs";

/**
 * Runs a command in the guest: this machine's own root under a kernel with device-mapper. What it writes is not kept,
 * but for /out (--out) and its disks (--disk, /dev/ubda and so on). For example:
 *
 *     node tools/guest.mjs -- lvm version
 *     node tools/guest.mjs --seconds 60 -- bash -xc 'truncate -s 1G $TMPDIR/a; losetup -f --show $TMPDIR/a; lsblk'
 */
await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: "string", default: "600" },
      out: { type: "string" },
      log: { type: "string" },
      disk: { type: "string", multiple: true, default: [] },
    },
  });
  if (positionals.length === 0) throw new Failure("Say what to run: node tools/guest.mjs -- COMMAND [ARGUMENT…].");
  /** @type {readonly import("./prepare.mjs").Need[]} */
  const needs = ["guest"];
  requireFitMachine(needs);
  const env = await prepare(needs);
  const { seconds, out, log, disk } = values;
  const options = {
    ...{ cwd: process.cwd(), env, timeoutMs: Number(seconds) * 1000, inherit: true },
    ...{ disks: disk, ...(out === undefined ? {} : { out }), ...(log === undefined ? {} : { log }) },
  };
  const { code, timedOut } = await runInGuest(positionals, options);
  if (timedOut) process.stderr.write(`The guest was not done after ${seconds} s, and was ended.\n`);
  return code;
});
