import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { letGo, loopsOver, mountsUnder, removeImage } from "../support/cleanup.js";
import { uniqueName } from "../support/deployment.js";
import { root } from "../support/paths.js";
import { command, volumeGroups } from "../support/system.js";

const gib = 1024 ** 3;

test("npm start, again, a preview of growth, npm run destroy", { timeout: 300_000 }, async (t) => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "bbt-start-")));
  const stack = uniqueName("start");
  const state = join(folder, "state");
  const ownState = join(state, "pulumi-blockbox", `single-host-${stack}`);
  const config = join(root, `examples/single-host/Pulumi.${stack}.yaml`);
  const mnt = join(folder, "mnt");
  await mkdir(join(folder, "tmp"));
  const env = {
    ...process.env,
    XDG_STATE_HOME: state,
    BLOCKBOX_EXAMPLE_STACK: stack,
    TMPDIR: join(folder, "tmp"),
    NO_COLOR: "1",
  };
  const run = (tool: string, ...args: string[]) => runTool(join(root, "tools", `${tool}.mjs`), args, env);
  let pool: { group: string; image: string } | undefined;
  t.after(async () => {
    try {
      if (existsSync(ownState)) await run("destroy").catch(() => undefined);
    } finally {
      await letGo(folder);
      if (pool !== undefined) await removeImage(pool.image, pool.group);
      await rm(config, { force: true });
      await rm(folder, { recursive: true, force: true });
    }
  });

  // By the same door as a user's `npm run pulumi -- config set`, which makes the stack if need be.
  await run("pulumi", "config", "set", "path", mnt);
  const first = await run("start");
  pool = await poolOf(run);
  assert.match(first, /^ {4}\+ 5 created$/m);

  const device = value(first, "device");
  assert.equal(value(first, "mounted at"), mnt);
  assert.equal(value(first, "size"), "1 GiB");
  const found = await command("findmnt", "--noheadings", "--mountpoint", mnt, "--output", "SOURCE,FSTYPE");
  assert.deepEqual(found.trim().split(/\s+/), [device, "ext4"]);
  assert.equal(Number(await command("blockdev", "--getsize64", device)), gib);
  const { blocks, bsize } = await statfs(mnt);
  assert.ok(blocks * bsize > 0.9 * gib && blocks * bsize <= gib, `${blocks} blocks of ${bsize} bytes`);
  assert.ok((await loopsOver(pool.image)).includes(device));
  assert.match(first, /npm run pulumi -- config set sizeGib 2$/m);

  const second = await run("start");
  assert.match(second, /^Resources:\n {4}5 unchanged$/m);
  assert.equal(made(second), made(first));

  await run("pulumi", "config", "set", "sizeGib", "2");
  const preview = await run("pulumi", "preview", "--diff");
  assert.match(preview, /^ +~ size: 1 => 2$/m);
  assert.match(preview, /^ {4}~ 2 to update\n {4}3 unchanged$/m);
  assert.equal(Number(await command("blockdev", "--getsize64", device)), gib, "a preview changes nothing");

  const destroyed = await run("destroy");
  assert.match(destroyed, /^All of it is gone/m);
  assert.deepEqual(await mountsUnder(folder), []);
  assert.deepEqual(await loopsOver(pool.image), []);
  const { group, image } = pool;
  assert.ok((await volumeGroups()).every(({ vg_name: name }) => name !== group));
  assert.equal(existsSync(image), false);
  assert.equal(existsSync(ownState), false);
  assert.equal(existsSync(config), false);
  assert.match(await run("destroy"), /^Nothing to tear down/);
});

/** Runs one of the tools that is to succeed, and answers what it printed. */
async function runTool(tool: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd: root, env, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tool, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${tool} ${args.join(" ")}: ${error.code ?? error.signal}\n${stdout}\n${stderr}`));
    });
  });
}

/** The volume group and the loop file that the state names. */
async function poolOf(run: (tool: string, ...args: string[]) => Promise<string>) {
  const text = await run("pulumi", "stack", "export");
  const { deployment } = JSON.parse(text.slice(text.indexOf("{"))) as {
    deployment: { resources: { urn: string; outputs?: unknown }[] };
  };
  const { outputs } = deployment.resources.find(({ urn }) => urn.endsWith("::pool")) ?? {};
  const { volumeGroup, lvm } = outputs as { volumeGroup: string; lvm: { loopFile: { path: string } } };
  return { group: volumeGroup, image: lvm.loopFile.path };
}

/** What `npm start` printed of what was made. */
function made(text: string): string {
  return /^What was made\n(?: {2}.+\n)+/m.exec(text)?.[0] ?? "";
}

function value(text: string, name: string): string {
  return new RegExp(`^ {2}${name} +(.+)$`, "m").exec(made(text))?.[1] ?? "";
}
