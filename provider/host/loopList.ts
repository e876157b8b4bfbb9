import { realpathSync, statSync } from "node:fs";
import { deviceNumber, namesIn, readSysfs } from "./blockDevice.js";

/** A loop device in use, as sysfs shows it. */
export interface LoopDevice {
  /** e.g. `/dev/loop3` */
  path: string;
  /** The path that its file or device has now: a renamed file shows its new one. */
  backing: string;
  /** The file has been removed from its folder. */
  deleted: boolean;
  offsetBytes: number;
  /** What limits its size; 0: the whole rest of its file. */
  limitBytes: number;
  sizeBytes: number;
  readOnly: boolean;
}

const deletedSuffix = " (deleted)";

/** All loop devices in use. Runs no command. */
export function listLoopDevices(): LoopDevice[] {
  return namesIn("/sys/block")
    .filter((name) => /^loop\d+$/.test(name))
    .map(readLoopDevice)
    .filter((loop) => loop !== undefined);
}

/** The loop device of that path, or undefined while it is not in use. */
export function findLoopDevice(device: string): LoopDevice | undefined {
  const [, name] = /^\/dev\/(loop\d+)$/.exec(device) ?? [];
  return name === undefined ? undefined : readLoopDevice(name);
}

function readLoopDevice(name: string): LoopDevice | undefined {
  const folder = `/sys/block/${name}`;
  const shown = readSysfs(`${folder}/loop/backing_file`);
  if (shown === undefined || shown === "") return undefined;
  const deleted = shown.endsWith(deletedSuffix) && statSync(shown, { throwIfNoEntry: false }) === undefined;
  return {
    path: `/dev/${name}`,
    backing: deleted ? shown.slice(0, -deletedSuffix.length) : shown,
    deleted,
    offsetBytes: Number(readSysfs(`${folder}/loop/offset`)),
    limitBytes: Number(readSysfs(`${folder}/loop/sizelimit`)),
    sizeBytes: Number(readSysfs(`${folder}/size`)) * 512,
    readOnly: readSysfs(`${folder}/ro`) === "1",
  };
}

/** Whether the loop device shows (part of) that very file or block device, under whatever path. */
export function isBackedBy(loop: LoopDevice, path: string): boolean {
  if (loop.deleted) return false;
  const number = deviceNumber(path);
  if (number !== undefined) return deviceNumber(loop.backing) === number;
  const [wanted, backing] = [path, loop.backing].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return wanted !== undefined && backing !== undefined && wanted.dev === backing.dev && wanted.ino === backing.ino;
}

/** The loop device that shows the whole of a file, or undefined. */
export function loopOfFile(file: string): LoopDevice | undefined {
  return listLoopDevices().find((loop) => loop.offsetBytes === 0 && loop.limitBytes === 0 && isBackedBy(loop, file));
}

/**
 * Loop devices that show any byte of a range of a block device: those on the device, and where it is a loop device
 * itself, others on its own file.
 */
export function loopsOverRange(backingDevice: string, offsetBytes: number, lengthBytes: number): LoopDevice[] {
  const loops = listLoopDevices();
  const real = realpathSync(backingDevice);
  const own = loops.find(({ path }) => path === real);
  const overlaps = (loop: LoopDevice, start: number) =>
    loop.offsetBytes < start + lengthBytes && start < loop.offsetBytes + loop.sizeBytes;
  return loops.filter(
    (loop) =>
      (isBackedBy(loop, real) && overlaps(loop, offsetBytes)) ||
      (own !== undefined && loop !== own && isOnSame(loop, own) && overlaps(loop, own.offsetBytes + offsetBytes)),
  );
}

/** A file has a name for each of its links; one that was removed is known by the name that it had. */
function isOnSame(loop: LoopDevice, own: LoopDevice): boolean {
  return loop.backing === own.backing || (!own.deleted && isBackedBy(loop, own.backing));
}
