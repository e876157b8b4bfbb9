import { open } from "node:fs/promises";

const chunkBytes = 4 * 1024 ** 2;

/** Whether a range of a file or device reads as zeros. Throws the system's error where it cannot be read. */
export async function readsAsZeros(path: string, offsetBytes: number, lengthBytes: number): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, lengthBytes));
    const zeros = Buffer.alloc(buffer.length);
    for (let done = 0; done < lengthBytes; ) {
      const wanted = Math.min(buffer.length, lengthBytes - done);
      const { bytesRead } = await file.read(buffer, 0, wanted, offsetBytes + done);
      if (bytesRead === 0) throw new RangeError(`${path} ends before byte ${offsetBytes + lengthBytes}`);
      if (buffer.compare(zeros, 0, bytesRead, 0, bytesRead) !== 0) return false;
      done += bytesRead;
    }
    return true;
  } finally {
    await file.close();
  }
}
