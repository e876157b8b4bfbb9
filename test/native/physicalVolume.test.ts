import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { BlockboxError } from "../../provider/errors.js";
import { findLoopDevice } from "../../provider/host/loop.js";
import { holdingPhysicalVolume } from "../../provider/services/lvm/physicalVolume.js";
import { command, lvm } from "../support/system.js";

interface Volume {
  file: string;
  device: string;
  pvUuid: string;
}

/** Two physical volumes on files behind loop devices; afterwards both are gone. */
async function withPhysicalVolumes(body: (first: Volume, second: Volume) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bbt-pv-"));
  const volumes: Volume[] = [];
  try {
    for (const name of ["first", "second"]) {
      const file = join(folder, name);
      writeFileSync(file, "");
      truncateSync(file, 64 * 1024 ** 2);
      const device = (await command("losetup", "--find", "--show", file)).trim();
      await lvm("pvcreate", "--yes", device);
      const pvUuid = (await lvm("pvs", "--noheadings", "-o", "pv_uuid", device)).trim();
      volumes.push({ file, device, pvUuid });
    }
    const [first, second] = volumes;
    assert.ok(first && second);
    await body(first, second);
  } finally {
    for (const { device } of volumes) if (findLoopDevice(device)) await command("losetup", "--detach", device);
    rmSync(folder, { recursive: true });
  }
}

test("nothing is done on a device that has become another one's, or nobody's", async () => {
  await withPhysicalVolumes(async (first, second) => {
    const never = () => assert.fail("it worked on the wrong device");
    const isNotHere = (error: unknown) => BlockboxError.is(error) && error.code === "NOT_HERE";
    await assert.rejects(holdingPhysicalVolume({ device: first.device, pvUuid: second.pvUuid }, never), isNotHere);
    await command("losetup", "--detach", first.device);
    await assert.rejects(holdingPhysicalVolume(first, never), isNotHere);
  });
});

test("a device that is worked on keeps its file, whatever is done to it meanwhile", async () => {
  await withPhysicalVolumes(async (first) => {
    const answer = await holdingPhysicalVolume(first, async () => {
      await command("losetup", "--detach", first.device);
      assert.equal(findLoopDevice(first.device)?.backing, first.file);
      return "done";
    });
    assert.equal(answer, "done");
  });
});
