import { open } from "node:fs/promises";
import { BlockboxError } from "../errors.js";
import { activity, deviceSizeBytes } from "./blockDevice.js";
import { hasSysResource } from "./capabilities.js";
import { run } from "./command.js";
import type { Lock } from "./lock.js";
import type { Tool } from "./tools.js";

interface FileSystemKind {
  make: { tool: Tool; args: readonly string[] };
  /** Grows it to fill its device, on which it is, mounted there. */
  grow: { tool: Tool; args: (on: MountedOn) => readonly string[] };
  /**
   * For a kind that grows unmounted too, and mounted only with CAP_SYS_RESOURCE: what must be run before `grow` does its
   * work on it then. Left out for one that grows mounted alone, which whoever may mount it may do.
   */
  check?: { tool: Tool; args: readonly string[]; okExitCodes: readonly number[] };
  /** Its size in bytes. */
  readSize: (on: MountedOn) => Promise<number>;
  /** How much of a device it may leave unused when it fills it. */
  slackBytes: number;
}

/** Where a file system is, or was before it was unmounted for a moment. */
export interface MountedOn {
  readonly device: string;
  readonly path: string;
}

const kinds = {
  ext4: {
    // Without nodiscard, mkfs gives back the room that was reserved in a loop file.
    make: { tool: "mkfs.ext4", args: ["-q", "-E", "nodiscard"] },
    grow: { tool: "resize2fs", args: ({ device }) => [device] },
    // 1: something was wrong and is mended.
    check: { tool: "e2fsck", args: ["-f", "-p"], okExitCodes: [0, 1] },
    readSize: ({ device }) => readExt4Size(device),
    // The end of a device that is too small for a block group with its tables is left unused.
    slackBytes: 128 * 1024 ** 2,
  },
  xfs: {
    // -K: as nodiscard. -f: over what a killed mkfs left.
    make: { tool: "mkfs.xfs", args: ["-q", "-K", "-f"] },
    grow: { tool: "xfs_growfs", args: ({ path }) => ["-d", path] },
    readSize: ({ path }) => readXfsSize(path),
    slackBytes: 1024 ** 2,
  },
} as const satisfies Record<string, FileSystemKind>;

export type FsType = keyof typeof kinds;

/** The programs that a file system of that type needs. */
export function toolsFor(fsType: FsType): Tool[] {
  const { make, grow, check }: FileSystemKind = kinds[fsType];
  return [make.tool, grow.tool, ...(check ? [check.tool] : [])];
}

/** Make a file system on the whole device, over whatever is there: the caller has proven it blank. */
export async function format(device: string, fsType: FsType, lock: Lock): Promise<void> {
  const { tool, args } = kinds[fsType].make;
  await run(tool, [...args, device], { lock, ...limitOn(device) });
}

/** Whether this process may grow a file system of that type while it is mounted. */
export function mayGrowMounted(fsType: FsType): boolean {
  const { check }: FileSystemKind = kinds[fsType];
  return check === undefined || hasSysResource();
}

/**
 * Grow a mounted file system to fill its device. Throws HOST_UNFIT where this process may not (`mayGrowMounted`),
 * COMMAND_FAILED where it does not fill it afterwards.
 */
export async function grow(on: MountedOn, fsType: FsType, lock: Lock): Promise<void> {
  if (await fillsDevice(on, fsType)) return;
  if (!mayGrowMounted(fsType)) {
    throw new BlockboxError(
      "HOST_UNFIT",
      `The ${fsType} file system on ${on.path} cannot grow while it is mounted, because this process lacks the capability CAP_SYS_RESOURCE. ` +
        "Run as root with it (in a container: add it), or unmount the file system first.",
    );
  }
  await fill(on, fsType, lock);
}

/** Check a file system that is not mounted, and grow it to fill its device. Throws COMMAND_FAILED where it does not. */
export async function growUnmounted(on: MountedOn, fsType: FsType, lock: Lock): Promise<void> {
  const { check }: FileSystemKind = kinds[fsType];
  if (await fillsDevice(on, fsType)) return;
  if (check)
    await run(check.tool, [...check.args, on.device], { lock, okExitCodes: check.okExitCodes, ...limitOn(on.device) });
  await fill(on, fsType, lock);
}

async function fill(on: MountedOn, fsType: FsType, lock: Lock): Promise<void> {
  const kind: FileSystemKind = kinds[fsType];
  await run(kind.grow.tool, kind.grow.args(on), { lock, ...limitOn(on.device) });
  if (await fillsDevice(on, fsType)) return;
  const [size, room] = [await kind.readSize(on), deviceSizeBytes(on.device)];
  throw new BlockboxError(
    "COMMAND_FAILED",
    `The ${fsType} file system on ${on.device} was grown, but has ${size} of ${room} bytes.`,
  );
}

/** Growing and formatting take as long as the device takes, but must not stand still. */
function limitOn(device: string): { timeoutMs: number; progress: () => string } {
  return { timeoutMs: 120_000, progress: () => activity(device) };
}

/** Whether the file system needs no growth. */
export async function fillsDevice(on: MountedOn, fsType: FsType): Promise<boolean> {
  const kind: FileSystemKind = kinds[fsType];
  return deviceSizeBytes(on.device) - (await kind.readSize(on)) < kind.slackBytes;
}

/** Offsets within ext4's superblock, which begins at byte 1,024: the block count in two halves, and the block size. */
async function readExt4Size(device: string): Promise<number> {
  const file = await open(device, "r");
  try {
    const block = Buffer.alloc(1024);
    await file.read(block, 0, block.length, 1024);
    if (block.readUInt16LE(0x38) !== 0xef53)
      throw new BlockboxError("COMMAND_FAILED", `${device} holds no ext4 file system.`);
    const has64Bit = (block.readUInt32LE(0x60) & 0x80) !== 0;
    const blocks = block.readUInt32LE(0x4) + (has64Bit ? block.readUInt32LE(0x150) * 2 ** 32 : 0);
    return blocks * 1024 * 2 ** block.readUInt32LE(0x18);
  } finally {
    await file.close();
  }
}

/** As the kernel has it: the superblock on the device is behind while it is mounted. */
async function readXfsSize(mountPath: string): Promise<number> {
  const { stdout } = await run("xfs_growfs", ["-n", mountPath]);
  const [, blockBytes, blocks] = /^data\s*=\s*bsize=(\d+)\s+blocks=(\d+)/m.exec(stdout) ?? [];
  if (blockBytes === undefined || blocks === undefined)
    throw new BlockboxError(
      "COMMAND_FAILED",
      `xfs_growfs does not say how large the xfs on ${mountPath} is: ${stdout}`,
    );
  return Number(blockBytes) * Number(blocks);
}
