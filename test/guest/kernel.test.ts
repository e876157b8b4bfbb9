import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { makeBed, makeFolder } from "../support/bed.js";
import { command, mayGrowInUse } from "../support/system.js";

/** Under which all tests of this folder stand: lvm2 itself, without blockbox. */
for (const [type, grow] of [
  ["ext4", (device: string) => command("resize2fs", device)],
  ["xfs", (_device: string, folder: string) => command("xfs_growfs", folder)],
] as const) {
  test(`the guest's lvm2 has thin pools and snapshots, and grows a mounted ${type}`, async (t) => {
    const bed = await makeBed(t, "kernel");
    const { group } = bed;
    await command("truncate", "-s", "2G", bed.image);
    const loop = (await command("losetup", "--find", "--show", bed.image)).trim();
    await command("vgcreate", group, loop);
    const folder = await makeFolder(join(bed.dir, "mounted"));
    try {
      await command("lvcreate", "--type", "thin-pool", "-L", "1G", "-n", "pool", group);
      await command("lvcreate", "-V", "400M", "--thinpool", "pool", "-n", "data", group);
      const device = `/dev/${group}/data`;
      await command(`mkfs.${type}`, "-q", device);
      await command("mount", device, folder);
      await command("lvcreate", "-s", "-n", "thin", `${group}/data`);
      await command("lvextend", "-L", "800M", `${group}/data`);
      assert.ok(await mayGrowInUse());
      await grow(device, folder);
      // Only now: lvm2 does not grow what has such a snapshot while it is active.
      await command("lvcreate", "-s", "-L", "100M", "-n", "thick", `${group}/data`);
      const size = Number((await command("df", "--output=size", "-BM", folder)).split("\n")[1]?.replace("M", ""));
      assert.ok(size > 600, `${size} MiB`);
    } finally {
      await command("umount", folder).catch(() => undefined);
      await command("vgremove", "--yes", group).catch(() => undefined);
    }
  });
}
