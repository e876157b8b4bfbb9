import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

export interface Written {
  readonly bytes: number;
  readonly digest: string;
}

/** Appends to a file, synced, until it is stopped: somebody who goes on working while a volume grows. */
export function startWriter(path: string): { stop(): Promise<Written> } {
  let isOver = false;
  const work = write(path, () => isOver);
  work.catch(() => undefined);
  return {
    stop() {
      isOver = true;
      return work;
    },
  };
}

async function write(path: string, isOver: () => boolean): Promise<Written> {
  const file = await open(path, "w");
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    while (!isOver()) {
      const block = Buffer.alloc(64 * 1024, `${bytes} `);
      await file.write(block);
      await file.datasync();
      hash.update(block);
      bytes += block.length;
      // As much as a small volume holds for minutes.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await file.close();
  }
  return { bytes, digest: hash.digest("hex") };
}
