import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";

/** Bytes that no file system and no zeroing would make, the same for the same seed. */
export function pattern(seed: string, bytes: number): Buffer {
  const blocks: Buffer[] = [];
  let block = createHash("sha512").update(seed).digest();
  for (let length = 0; length < bytes; length += block.length) {
    block = createHash("sha512").update(block).digest();
    blocks.push(block);
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** Writes bytes through to the disk, at an offset of a file or device. */
export async function writeThrough(path: string, bytes: Buffer, offset = 0): Promise<void> {
  const file = await open(path, offset === 0 && !path.startsWith("/dev/") ? "w" : "r+");
  try {
    await file.write(bytes, 0, bytes.length, offset);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function readBytes(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export async function sha256(path: string): Promise<string> {
  return digest(await readFile(path));
}

/** Whether a range of a file or device reads as zeros. */
export async function isZero(path: string, offset: number, length: number): Promise<boolean> {
  const step = 4 * 1024 * 1024;
  const zeros = Buffer.alloc(step);
  for (let at = 0; at < length; at += step) {
    const bytes = await readBytes(path, offset + at, Math.min(step, length - at));
    if (!bytes.equals(zeros.subarray(0, bytes.length))) return false;
  }
  return true;
}
