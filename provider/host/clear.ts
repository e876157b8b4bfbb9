import { BlockboxError } from "../errors.js";
import { dropCache } from "./blank.js";
import { activity } from "./blockDevice.js";
import { run } from "./command.js";
import type { Lock } from "./lock.js";
import { findLoopDevice } from "./loopList.js";
import { progress } from "./notice.js";
import { readsAsZeros } from "./zeros.js";

export interface ClearOptions {
  /** The device is a loop device on a sparse file: give its room back instead of keeping it reserved. */
  sparse: boolean;
  lock: Lock;
}

/** Small enough to show progress and to be ended in time, large enough that the number of commands does not matter. */
const chunkBytes = 1024 ** 3;
const stallLimitMs = 60_000;

/**
 * Make a range of a block device read as zeros and prove that it does; nothing may use the range. Limited by progress.
 * Throws COMMAND_FAILED where a byte is left, COMMAND_STALLED where the device stands still.
 */
export async function clearRange(
  device: string,
  offsetBytes: number,
  lengthBytes: number,
  { sparse, lock }: ClearOptions,
): Promise<void> {
  // --force: without it blkdiscard opens the whole device exclusively, which fails while anything else looks at it.
  const mode = ["--force", ...(sparse ? [] : ["--zeroout"])];
  for (let done = 0; done < lengthBytes; ) {
    const piece = Math.min(chunkBytes, lengthBytes - done);
    const range = ["--offset", `${offsetBytes + done}`, "--length", `${piece}`];
    const limit = { timeoutMs: stallLimitMs, progress: () => activity(device) };
    await run("blkdiscard", [...mode, ...range, device], { lock, ...limit });
    done += piece;
    if (done < lengthBytes) progress(`zeroing ${Math.floor((100 * done) / lengthBytes)} %`);
  }
  if (await isClear(device, offsetBytes, lengthBytes)) return;
  throw new BlockboxError(
    "COMMAND_FAILED",
    `Bytes ${offsetBytes} to ${offsetBytes + lengthBytes} of ${device} were cleared but do not read as zeros. Look at the device with \`dmesg\`, then run again.`,
  );
}

/**
 * Whether a range reads as zeros. Of a loop device only what its file holds data for is read: holes, and extents that
 * are reserved but not written, are zeros.
 */
export async function isClear(device: string, offsetBytes: number, lengthBytes: number): Promise<boolean> {
  await dropCache(device);
  const loop = findLoopDevice(device);
  if (loop === undefined || loop.deleted || loop.backing.startsWith("/dev/")) {
    return readsAsZeros(device, offsetBytes, lengthBytes);
  }
  for (const { start, end } of await dataIn(loop.backing, loop.offsetBytes + offsetBytes, lengthBytes)) {
    if (!(await readsAsZeros(loop.backing, start, end - start))) return false;
  }
  return true;
}

/** lseek with SEEK_DATA (3) and SEEK_HOLE (4): prints where each piece of data begins and ends, up to a limit. */
const listData = `
  open(my $file, "<", $ARGV[0]) or die "open: $!\n";
  for (my ($at, $end) = @ARGV[1, 2]; $at < $end; ) {
    my $data = sysseek($file, $at, 3);
    last if !defined $data && $!{ENXIO};
    defined $data or die "SEEK_DATA: $!\n";
    last if $data >= $end;
    defined($at = sysseek($file, $data, 4)) or die "SEEK_HOLE: $!\n";
    printf "%d %d\n", $data, $at < $end ? $at : $end;
  }
`;

/** The pieces of a range of a file that it holds data for. A file system that knows no holes says that all is data. */
async function dataIn(
  file: string,
  offsetBytes: number,
  lengthBytes: number,
): Promise<{ start: number; end: number }[]> {
  const { stdout } = await run("perl", ["-e", listData, file, `${offsetBytes}`, `${offsetBytes + lengthBytes}`]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [start, end] = line.split(" ").map(Number);
      return { start: start ?? 0, end: end ?? 0 };
    });
}
