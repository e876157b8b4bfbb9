import { type FileHandle, open } from "node:fs/promises";
import { BlockboxError } from "../../errors.js";
import { dropCache } from "../../host/blank.js";

/**
 * Runs work on a physical volume's device while it is held open, and after reading on it that it is the one meant.
 * Without device-mapper nothing else holds it: somebody's `losetup -d` could give its number to another file between
 * lvm's report and the work. A loop device that is open keeps its file until it is closed.
 */
export async function holdingPhysicalVolume<T>(
  { device, pvUuid }: { readonly device: string; readonly pvUuid: string },
  work: () => Promise<T>,
): Promise<T> {
  const file = await open(device, "r").catch(() => undefined);
  try {
    if (file === undefined || (await uuidOn(file)) !== pvUuid.replaceAll("-", "")) {
      throw new BlockboxError(
        "NOT_HERE",
        `${device} no longer holds physical volume ${pvUuid}: its loop device was taken away just now. Nothing was written. Run \`pulumi up\` to bring it back.`,
      );
    }
    return await work();
  } finally {
    await file?.close();
  }
}

/** The UUID of the physical volume that a device's label says it is, without hyphens; nothing for one that is none. */
export async function uuidOnDevice(device: string): Promise<string | undefined> {
  await dropCache(device);
  const file = await open(device, "r");
  try {
    return await uuidOn(file);
  } finally {
    await file.close();
  }
}

const sectorBytes = 512;

/** The UUID in lvm's label, which stands in one of the first four sectors: `LABELONE`, …, offset of the header, which it begins. */
async function uuidOn(file: FileHandle): Promise<string | undefined> {
  const { buffer } = await file.read(Buffer.alloc(4 * sectorBytes), 0, 4 * sectorBytes, 0);
  for (let at = 0; at < buffer.length; at += sectorBytes) {
    if (buffer.toString("latin1", at, at + 8) !== "LABELONE") continue;
    const header = at + buffer.readUInt32LE(at + 20);
    return buffer.toString("latin1", header, header + 32);
  }
  return undefined;
}
