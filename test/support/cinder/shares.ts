import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a backend of the NFS driver offers; sparse files take what is written only. */
const sizes: Record<string, string> = { nfs: "1000g", nfs2: "20g" };

/**
 * The NFS driver without NFS: os-brick takes a share for mounted if /proc/mounts has its mount point. A tmpfs of the
 * share's name stands there.
 */
export async function mountShares(folder: string, backends: readonly string[]): Promise<void> {
  for (const backend of backends) {
    const size = sizes[backend];
    if (size === undefined) continue;
    const share = `127.0.0.1:/${backend}`;
    await writeFile(join(folder, `${backend}.shares`), `${share}\n`);
    const point = sharePoint(folder, backend);
    await mkdir(point, { recursive: true });
    await run("mount", ["-t", "tmpfs", "-o", `size=${size},mode=0755`, share, point]);
  }
}

/** Where a backend's volumes are, named as os-brick names it. */
export function sharePoint(folder: string, backend: string): string {
  const name = createHash("md5").update(`127.0.0.1:/${backend}`).digest("hex");
  return join(folder, "mnt", name);
}
