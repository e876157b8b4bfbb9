import { setTimeout as sleep } from "node:timers/promises";
import { BlockboxError } from "../errors.js";
import { deviceSizeBytes } from "./blockDevice.js";
import { run } from "./command.js";
import { cannotLetGo, waitUntilUnused } from "./letGo.js";
import type { Lock } from "./lock.js";
import { findLoopDevice, isBackedBy, type LoopDevice, listLoopDevices } from "./loopList.js";
import { deviceUsers } from "./users.js";

export {
  findLoopDevice,
  isBackedBy,
  type LoopDevice,
  listLoopDevices,
  loopOfFile,
  loopsOverRange,
} from "./loopList.js";

export interface LoopWish {
  /** A file or block device. */
  backing: string;
  /** A range of it; without, the whole. Multiples of 512. */
  range?: { offsetBytes: number; sizeBytes: number };
  readOnly: boolean;
  lock: Lock;
}

const attempts = 5;
const detachLimitMs = 10_000;

/**
 * Show a file, or a range of a file or device, as a block device. One that shows exactly this already is used.
 * Throws IN_USE where another loop device overlaps the range, COMMAND_FAILED where the kernel shows something else.
 */
export async function attachLoop(wish: LoopWish): Promise<LoopDevice> {
  const before = new Set(listLoopDevices().map(({ path }) => path));
  const device = await losetup(wish);
  const loop = findLoopDevice(device);
  if (loop !== undefined && isAsWished(loop, wish)) return loop;
  if (!before.has(device)) await detachLoop(device, wish.lock);
  const shown = loop === undefined ? "nothing" : describe(loop);
  throw new BlockboxError(
    before.has(device) ? "IN_USE" : "COMMAND_FAILED",
    `A loop device on ${wish.backing} was asked for, but ${device} shows ${shown}. Detach it with \`losetup -d ${device}\` if nothing needs it, then run again.`,
  );
}

async function losetup(wish: LoopWish): Promise<string> {
  const { backing, range, readOnly, lock } = wish;
  const place = range === undefined ? [] : ["--offset", `${range.offsetBytes}`, "--sizelimit", `${range.sizeBytes}`];
  const args = ["--find", "--show", "--nooverlap", ...(readOnly ? ["--read-only"] : []), ...place, backing];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await run("losetup", args, { lock })).stdout.trim();
    } catch (error) {
      const text = BlockboxError.is(error) ? error.message : "";
      if (/overlapping loop device/i.test(text)) {
        throw new BlockboxError("IN_USE", `Part of ${backing} is shown by another loop device already. ${text}`, {
          cause: error,
        });
      }
      // Another process took the free device between finding and using it.
      if (attempt >= attempts || !/busy|temporarily unavailable/i.test(text)) throw error;
      await sleep(50 * attempt);
    }
  }
}

function isAsWished(loop: LoopDevice, { backing, range, readOnly }: LoopWish): boolean {
  if (!isBackedBy(loop, backing) || loop.readOnly !== readOnly) return false;
  if (range === undefined) return loop.offsetBytes === 0 && loop.limitBytes === 0;
  return loop.offsetBytes === range.offsetBytes && loop.sizeBytes === range.sizeBytes;
}

/**
 * Let go of a loop device and wait until it is really gone. Throws IN_USE, with all that uses it, before anything is
 * done; or afterwards where the kernel waits for an opener that was not seen.
 */
export async function detachLoop(device: string, lock: Lock): Promise<void> {
  const loop = findLoopDevice(device);
  if (loop === undefined) return;
  // The kernel lets go lazily: of a mounted device it would only promise to.
  await waitUntilUnused(device, describeBriefly(loop));
  await run("losetup", ["--detach", device], { lock });
  for (const start = performance.now(); isStill(loop); await sleep(20)) {
    if (performance.now() - start > detachLimitMs) throw cannotLetGo(describeBriefly(loop), deviceUsers(device));
  }
}

function isStill(loop: LoopDevice): boolean {
  const now = findLoopDevice(loop.path);
  // A device of that number with another backing is somebody else's by now.
  return now !== undefined && now.backing === loop.backing && now.offsetBytes === loop.offsetBytes;
}

/** Perl, since losetup cannot do it: LOOP_GET_STATUS64, set lo_sizelimit (bytes 32 to 39), LOOP_SET_STATUS64. */
const setLimit = `
  open(my $device, "+<", $ARGV[0]) or die "open: $!\\n";
  my $info = "\\0" x 232;
  ioctl($device, 0x4C05, $info) or die "LOOP_GET_STATUS64: $!\\n";
  substr($info, 32, 8) = pack("Q", $ARGV[1]);
  ioctl($device, 0x4C04, $info) or die "LOOP_SET_STATUS64: $!\\n";
`;

/**
 * Let a loop device, which may be mounted, show `sizeBytes`: one on a range by a new limit, one on a whole file by
 * reading the file's size again. Throws COMMAND_FAILED where it does not show that afterwards.
 */
export async function growLoop(device: string, sizeBytes: number, lock: Lock): Promise<void> {
  const loop = findLoopDevice(device);
  if (loop === undefined)
    throw new BlockboxError("NOT_HERE", `${device} cannot grow, because it is no loop device in use.`);
  if (loop.limitBytes === 0) await run("losetup", ["--set-capacity", device], { lock });
  else await run("perl", ["-e", setLimit, device, `${sizeBytes}`], { lock });
  const shown = deviceSizeBytes(device);
  if (shown !== sizeBytes) {
    throw new BlockboxError(
      "COMMAND_FAILED",
      `${device} was to show ${sizeBytes} bytes of ${loop.backing}, but shows ${shown}.`,
    );
  }
}

function describe(loop: LoopDevice): string {
  const mode = loop.readOnly ? "read-only" : "read-write";
  return `${loop.sizeBytes} bytes of ${loop.backing} from byte ${loop.offsetBytes}, ${mode}`;
}

function describeBriefly({ path, backing }: LoopDevice): string {
  return `${path} (on ${backing})`;
}
