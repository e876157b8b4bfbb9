import { open } from "node:fs/promises";
import { contentOf } from "../../../host/blank.js";
import { deviceNumber, deviceSizeBytes } from "../../../host/blockDevice.js";
import { type ClearOptions, clearRange } from "../../../host/clear.js";
import type { Lock } from "../../../host/lock.js";
import { findLoopDevice } from "../../../host/loop.js";
import { deviceClaims } from "../../../host/users.js";
import { readsAsZeros } from "../../../host/zeros.js";

const mib = 1024 ** 2;

/** The header of lvm's metadata area: a checksum, then this word. */
const header = { offsetBytes: 4096, lengthBytes: 512, word: " LVM2 x[5A%r0N*>" } as const;

/** Whole blocks of any device, in which lvm's label and that header are, and where its text begins. */
const headBytes = 8192;

/**
 * Whether all that a device holds is that header, which pvremove leaves, and which names nothing. A run that ended just
 * then has left it: the device is no physical volume any more, and as good as blank.
 */
export async function isRemainder(device: string): Promise<boolean> {
  const content = await contentOf(device);
  if (content.kind === "blank" || content.type !== undefined) return false;
  if ((await wordOn(device)) !== header.word) return false;
  const sizeBytes = deviceSizeBytes(device);
  const behind = header.offsetBytes + header.lengthBytes;
  const tailBytes = Math.min(mib, sizeBytes - behind);
  return (
    (await readsAsZeros(device, 0, header.offsetBytes)) &&
    (await readsAsZeros(device, behind, Math.min(4 * mib, sizeBytes) - behind)) &&
    (await readsAsZeros(device, sizeBytes - tailBytes, tailBytes))
  );
}

/** Takes it off those of the devices that nobody uses. */
export async function clearRemainders(devices: readonly string[], lock: Lock): Promise<void> {
  for (const device of devices) {
    if (deviceNumber(device) === undefined || deviceClaims(device).length > 0) continue;
    if (await isRemainder(device)) await clearHead(device, lock);
  }
}

/** Clears lvm's text, and all else but the label and that header: less than a block of it stands behind that. */
export async function clearText(device: string, peStartBytes: number, lock: Lock): Promise<void> {
  const behind = header.offsetBytes + header.lengthBytes;
  const file = await open(device, "r+");
  try {
    await file.write(Buffer.alloc(headBytes - behind), 0, headBytes - behind, behind);
    await file.datasync();
  } finally {
    await file.close();
  }
  if (peStartBytes > headBytes) await clearRange(device, headBytes, peStartBytes - headBytes, optionsFor(device, lock));
}

/** The end of a physical volume, once its text and its label are gone. */
export async function clearHead(device: string, lock: Lock): Promise<void> {
  await clearRange(device, 0, headBytes, optionsFor(device, lock));
}

function optionsFor(device: string, lock: Lock): ClearOptions {
  return { sparse: findLoopDevice(device) !== undefined, lock };
}

async function wordOn(device: string): Promise<string | undefined> {
  const { offsetBytes, word } = header;
  if (deviceSizeBytes(device) < headBytes) return undefined;
  const file = await open(device, "r");
  try {
    const { buffer } = await file.read(Buffer.alloc(word.length), 0, word.length, offsetBytes + 4);
    return buffer.toString("latin1");
  } finally {
    await file.close();
  }
}
