import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { pattern, readBytes, writeThrough } from "../support/content.js";
import { CallError } from "../support/rpc.js";
import { command, logicalVolume } from "../support/system.js";

const mib = 1024 ** 2;
const bytes = pattern("in use", mib);

/** What has an attached device, how it is let go of, and the words that name it. */
const holders: {
  what: string;
  hold: (device: string, folder: string) => Promise<{ words: string; letGo: () => Promise<unknown> }>;
}[] = [
  {
    what: "opened by a process",
    async hold(device) {
      const file = await open(device, "r");
      const child = spawn("sleep", ["60"], { stdio: [file.fd, "ignore", "ignore"] });
      await file.close();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      return {
        words: `opened by process ${child.pid} (sleep)`,
        letGo() {
          child.kill();
          return ended;
        },
      };
    },
  },
  {
    what: "used as swap",
    async hold(device) {
      await command("mkswap", device);
      await command("swapon", device);
      return { words: "used as swap", letGo: () => command("swapoff", device) };
    },
  },
  {
    what: "shown by another device",
    async hold(device) {
      const over = ["--offset", `${mib}`, "--sizelimit", `${mib}`];
      const other = (await command("losetup", "--find", "--show", ...over, device)).trim();
      return {
        words: `shown by ${other} from byte ${mib}`,
        letGo: () => command("losetup", "--detach", other),
      };
    },
  },
  {
    what: "mounted elsewhere",
    async hold(device, folder) {
      await command("mkfs.ext4", "-q", device, "32M");
      await command("mount", "--mkdir", device, folder);
      return { words: `mounted on ${folder}`, letGo: () => command("umount", folder) };
    },
  },
];

for (const { what, hold } of holders) {
  test(`an attached device that is ${what} is not let go of, nor is its volume deleted or attached again`, async (t) => {
    const bed = await makeBed(t, "inuse");
    const program = [bed.backend(), bed.volume("data", { size: 1 })];
    const disk = bed.attachment("disk", "data", { mount: undefined });
    await bed.deployment.up([...program, disk]);
    const { id, inputs, outputs } = bed.deployment.get("disk");
    const device = String(outputs.devicePath);
    await writeThrough(device, bytes, 200 * mib);
    const { words, letGo } = await hold(device, bed.path("elsewhere"));
    try {
      const earlier = await bed.snapshot();
      const names = (error: unknown) => {
        assert.ok(error instanceof CallError, String(error));
        assert.equal(error.init, undefined);
        assert.ok(error.message.includes(words), error.message);
        assert.match(error.message, /\[IN_USE\]/);
        return true;
      };
      await assert.rejects(bed.deployment.up(program), names, "detached");
      await bed.deployment.withProvider(async (provider) => {
        const data = bed.deployment.get("data");
        await assert.rejects(provider.delete(data.id, data.outputs), names, "deleted");
        const hidden = bed.deployment.hidden({ kind: "Attachment", name: "second" });
        await assert.rejects(provider.create({ ...inputs, ...hidden }), names, "attached again");
      });
      assert.deepEqual(await bed.snapshot(), earlier);
      assert.deepEqual([...bed.deployment.state.keys()], ["pool", "data", "disk"]);
      assert.ok((await readBytes(device, 200 * mib, mib)).equals(bytes));
    } finally {
      await letGo();
    }
    assert.equal((await logicalVolume(id)).tags.includes("blockbox.deleting"), false);
    await bed.deployment.destroy();
  });
}
