import { open } from "node:fs/promises";
import { deviceNumber } from "./blockDevice.js";
import { type Mount, readMounts } from "./mountInfo.js";

/**
 * An xfs that is mounted and has the UUID of the one on the device, as a volume has that of its copy: the kernel mounts
 * a second one only with `nouuid`.
 */
export async function mountedTwin(device: string): Promise<Mount | undefined> {
  const [uuid, number] = [await xfsUuid(device), deviceNumber(device)];
  const others = readMounts().filter((mount) => mount.fsType === "xfs" && mount.deviceNumber !== number);
  for (const mount of others) {
    if (uuid !== undefined && (await xfsUuid(mount.source)) === uuid) return mount;
  }
  return undefined;
}

/** From the superblock, where it stands behind four numbers that begin with `XFSB`. */
async function xfsUuid(device: string): Promise<string | undefined> {
  const file = await open(device, "r").catch(() => undefined);
  try {
    const block = Buffer.alloc(48);
    await file?.read(block, 0, block.length, 0);
    return block.toString("latin1", 0, 4) === "XFSB" ? block.toString("hex", 32, 48) : undefined;
  } finally {
    await file?.close();
  }
}
