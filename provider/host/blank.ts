import { activity, deviceSizeBytes } from "./blockDevice.js";
import { run } from "./command.js";
import { findLoopDevice } from "./loopList.js";
import { type DeviceRange, signatureOn } from "./signature.js";
import { readsAsZeros } from "./zeros.js";

const mib = 1024 ** 2;

/** What a device holds: nothing, something that libblkid recognizes, or data of another kind; in words. */
export type Content =
  | { readonly kind: "blank" }
  | { readonly kind: "data"; readonly type?: string; readonly words: string };

/**
 * What a device, or a range of it, holds. Blank is what libblkid finds nothing on and what begins with 4 MiB and ends
 * with 1 MiB of zeros (libblkid finds nothing in random data either).
 */
export async function contentOf(device: string, range?: DeviceRange): Promise<Content> {
  await dropCache(device);
  const signature = await signatureOn(device, range);
  if (signature !== undefined) return { kind: "data", ...signature };
  const { offsetBytes, sizeBytes } = range ?? { offsetBytes: 0, sizeBytes: deviceSizeBytes(device) };
  const headBytes = Math.min(4 * mib, sizeBytes);
  if (!(await readsAsZeros(device, offsetBytes, headBytes))) return { kind: "data", words: "data in its first 4 MiB" };
  const tailBytes = Math.min(mib, sizeBytes);
  const tail = offsetBytes + sizeBytes - tailBytes;
  return (await readsAsZeros(device, tail, tailBytes))
    ? { kind: "blank" }
    : { kind: "data", words: "data in its last 1 MiB" };
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
