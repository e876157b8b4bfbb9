import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { type GuestOptions, runInGuest } from "../../tools/guest/boot.mjs";
import { uniqueName } from "../support/deployment.js";
import { volumeGroups } from "../support/system.js";

async function inGuest(script: string, options: Partial<GuestOptions> = {}) {
  let output = "";
  const env = { PATH: process.env.PATH, OWN: "of its\nown" };
  const end = await runInGuest(["bash", "-c", script], { cwd: "/", env, timeoutMs: 60_000, ...options }, (text) => {
    output += text;
  });
  return { ...end, output };
}

/** Processes of guests that ours have started. */
async function guests(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const commandLine = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (commandLine.includes("OWN=of its\nown")) found.push(pid);
  }
  return found;
}

test("a guest hands on words and code, has device-mapper, and leaves this machine as it was", async () => {
  const group = uniqueName("guest");
  const { code, output } = await inGuest(`
    printf '%s|' "$OWN" "$PWD"
    test -t 1 || printf 'no terminal|'
    truncate -s 512M $TMPDIR/file && vgcreate -qq ${group} $(losetup --find --show $TMPDIR/file)
    lvcreate -qq --type thin-pool -L 100M -n pool ${group} && lvcreate -qq -V 200M --thinpool pool -n thin ${group}
    lsblk -no TYPE /dev/${group}/thin
    echo kept >/etc/bbt-kept
    exit 7
  `);
  assert.equal(code, 7, output);
  assert.match(output, /^of its\nown\|\/\|no terminal\|/);
  assert.match(output, /^lvm\r?$/m);
  assert.equal(existsSync("/etc/bbt-kept"), false);
  // Not the whole of this machine: other suites are at work on it meanwhile.
  assert.ok(!(await volumeGroups()).some(({ vg_name }) => vg_name === group));
});

test("a guest that does not end is ended, with all its processes", async () => {
  const { code, timedOut } = await inGuest("sleep 1000", { timeoutMs: 12_000 });
  assert.ok(timedOut);
  assert.equal(code, 125);
  assert.deepEqual(await guests(), []);
});

test("a guest whose kernel stops has not ended well", async () => {
  const { code, timedOut } = await inGuest("echo o >/proc/sysrq-trigger; sleep 100");
  assert.equal(code, 125);
  assert.equal(timedOut, false);
});
