import { activity, deviceSizeBytes } from "./blockDevice.js";
import { run } from "./command.js";
import { findLoopDevice } from "./loopList.js";
import { signatureOn } from "./signature.js";
import { readsAsZeros } from "./zeros.js";

const mib = 1024 ** 2;

/**
 * What speaks against a device being blank, in words; undefined: it is proven blank. Blank is what libblkid finds
 * nothing on and what begins with 4 MiB and ends with 1 MiB of zeros (libblkid finds nothing in random data either).
 */
export async function proveBlank(device: string): Promise<string | undefined> {
  await dropCache(device);
  const signature = await signatureOn(device);
  if (signature !== undefined) return signature.words;
  const sizeBytes = deviceSizeBytes(device);
  if (!(await readsAsZeros(device, 0, Math.min(4 * mib, sizeBytes)))) return "data in its first 4 MiB";
  const tailBytes = Math.min(mib, sizeBytes);
  if (!(await readsAsZeros(device, sizeBytes - tailBytes, tailBytes))) return "data in its last 1 MiB";
  return undefined;
}

/**
 * Each device of a stack has a cache of its own, which does not see what is written to the device or file below it.
 * Written back and dropped, topmost first.
 */
export async function dropCache(device: string): Promise<void> {
  await run("blockdev", ["--flushbufs", device], { progress: () => activity(device) });
  const below = findLoopDevice(device)?.backing;
  if (below?.startsWith("/dev/")) await dropCache(below);
}
