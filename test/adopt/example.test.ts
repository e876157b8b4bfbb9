import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { leftHere, nothing } from "../support/cinder/iscsiBed.js";
import type { CinderRig } from "../support/cinder/options.js";
import { Raw } from "../support/cinder/raw.js";
import { startCinder } from "../support/cinder/rig.js";
import { pattern, sha256, writeThrough } from "../support/content.js";
import { within } from "../support/guest.js";
import { root } from "../support/paths.js";
import { Readme } from "../support/readme.js";
import { placesIn, usedBlocks } from "../support/thinPool.js";

const folder = join(root, "examples/adopt-into-cinder");
const group = "cinder-volumes";
const limitMs = within(60_000);
const home = mkdtempSync(join(tmpdir(), "bbt-adopt-"));
for (const name of ["home", "state"]) mkdirSync(join(home, name));

// Only the guest runs this: what it leaves goes with that.
describe("examples/adopt-into-cinder, as its README has it", () => {
  const readme = new Readme(join(folder, "README.md"), {
    cwd: root,
    env: {
      ...process.env,
      PULUMI_HOME: join(home, "home"),
      PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "bbt",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      NO_COLOR: "1",
    },
    after,
  });
  let rig: CinderRig;
  after(() => rig?.stop());
  const run = (begin: string, edit?: (command: string) => string) => readme.run(begin, limitMs, edit);
  const mounted = "/mnt/blockbox-moves";
  const large = join(mounted, "large");
  const content = pattern("moves", 32 * 2 ** 20);
  /** Of the volume that moves: the one that is no pool. */
  const place = async () => {
    const volumes = (await placesIn(group)).filter(({ name }) => name.startsWith("volume-"));
    assert.equal(volumes.length, 1, JSON.stringify(volumes));
    const [{ uuid, name, tags, thinId } = { uuid: "", name: "", tags: "", thinId: "" }] = volumes;
    return { uuid, name, tags, thinId };
  };
  let before: Awaited<ReturnType<typeof place>>;
  let blocks: number;
  let digest: string;

  it("a volume of this host, with data, is let go of", async () => {
    await run("cd examples/adopt-into-cinder");
    await run("pulumi up --config step=here");
    await run("echo");
    await writeThrough(large, content);
    digest = await sha256(large);
    await run("pulumi up --config step=detached");
    [before, blocks] = [await place(), await usedBlocks(group)];
    assert.match(before.tags, /\bblockbox\b/);
  });

  it("a Cinder that uses its group takes it over: the same logical volume, and no block more", async () => {
    rig = await startCinder({ backends: ["tgt"] });
    const ofTheRig = (command: string) =>
      command.replace("http://127.0.0.1:8776/v3", rig.endpoint).replaceAll("lvm", "tgt").replace("storage@", "rig@");
    await run("pulumi config set blockbox:endpoint", ofTheRig);
    await run("pulumi config set backendName", ofTheRig);
    await run("pulumi config set serviceHost", ofTheRig);
    await run("pulumi config set logicalVolume");
    const preview = await run("pulumi preview");
    assert.match(preview, /Volume: \(replace\)/);
    assert.match(preview, /lvm\s*: \{\s*[~+] adopt\s*: (false => )?true/s);
    const said = await run("pulumi up --config step=moved");
    assert.match(said, /1 replaced/);
    const now = await place();
    assert.deepEqual([now.uuid, now.thinId, now.tags], [before.uuid, before.thinId, ""]);
    assert.notEqual(now.name, before.name);
    assert.equal(await usedBlocks(group), blocks);
    assert.equal(
      await new Raw(rig).row("volumes", now.name.replace("volume-", "")).then((row) => row?.status),
      "available",
    );
  });

  it("attached again, over iSCSI, it has its data", async () => {
    await run("pulumi up --config step=attached");
    assert.equal(await run("cat /mnt/blockbox-moves/file"), "from the time before");
    assert.equal(await sha256(large), digest);
    assert.equal(leftHere().sessions.length, 1);
  });

  it("and back: what Cinder has let go of is where a volume of this host begins, with its data", async () => {
    await run("pulumi config set step moved");
    assert.deepEqual(leftHere(), nothing);
    blocks = await usedBlocks(group);
    const ofTheRig = (command: string) => command.replace("http://127.0.0.1:8776/v3", rig.endpoint);
    await run("export CINDER_ENDPOINT", ofTheRig);
    const { name, uuid } = await place();
    await run("curl");
    await new Raw(rig).untilStatus("volumes", name.replace("volume-", ""), "gone", limitMs);
    assert.equal((await place()).uuid, uuid);
    await run("pulumi refresh");
    await run("lvchange");
    await run("pulumi config set source");
    await run("pulumi up --config step=back");
    assert.equal(await run("grep time /mnt/blockbox-moves/file"), "from the time before");
    assert.equal(await sha256(large), digest);
    // ext4 writes where it is mounted; the data alone would be 512 blocks of 64 KiB, and are not copied.
    assert.ok((await usedBlocks(group)) < blocks + 100);
    await run("lvremove");
    assert.equal(await sha256(large), digest);
    await run("pulumi destroy");
    assert.deepEqual(
      (await placesIn(group)).map(({ name }) => name),
      [`${group}-pool`],
    );
    await rig.stop();
    await run("vgremove");
    await run("losetup");
    await run("rm ");
    assert.equal(existsSync(`/var/lib/blockbox/${group}.img`), false);
    readme.assertAllRan();
  });
});
