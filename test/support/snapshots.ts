import { rmdir } from "node:fs/promises";
import { type Bed, makeFolder } from "./bed.js";
import type { Declared } from "./deployment.js";
import type { Props } from "./rpc.js";
import { command } from "./system.js";

/** A Snapshot of a volume of the same program. */
export const snapshotOf = (name: string, volume: string, inputs: Props = {}): Declared => ({
  kind: "Snapshot",
  name,
  inputs: (ref) => ({ volume: ref(volume), ...inputs }),
});

/** A volume in `bed.backend()` that begins as a copy of a Snapshot or a Volume of the same program. */
export const copyOf = (
  name: string,
  source: { snapshotId: string } | { sourceVolumeId: string },
  inputs: Props = {},
): Declared => ({
  kind: "Volume",
  name,
  backend: "pool",
  inputs: (ref) => ({
    backend: ref("pool"),
    ...Object.fromEntries(Object.entries(source).map(([input, of]) => [input, ref(of)])),
    ...inputs,
  }),
});

/** Runs `body` where the device is mounted only to be read. */
export async function mountedForReading<T>(bed: Bed, device: string, body: (path: string) => Promise<T>): Promise<T> {
  const path = await makeFolder(bed.path("looked-at"));
  await command("mount", "-o", "ro", device, path);
  try {
    return await body(path);
  } finally {
    await command("umount", path);
    await rmdir(path);
  }
}

/** Names of the devices that device-mapper has for a group, and of those that copies made. */
export async function mappedOf(group: string): Promise<string[]> {
  const names = (await command("dmsetup", "ls")).split("\n").map((line) => line.split("\t")[0] ?? "");
  return names.filter((name) => name.startsWith(`${group.replaceAll("-", "--")}-`) || name.startsWith("blockbox-"));
}
