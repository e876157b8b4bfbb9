import { BlockboxError } from "../../errors.js";
import { loopsOverRange } from "../../host/loop.js";
import { deviceClaims } from "../../host/users.js";
import { extentsIn } from "./placement.js";
import type { ExtentRange, Group, LogicalVolume } from "./report.js";

/** A part of a physical volume, and the device on which the report saw that. */
export interface ByteRange {
  readonly pvUuid: string;
  readonly device: string;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Where a range of extents is on its physical volume. */
export function bytesOf(group: Pick<Group, "extentSizeBytes" | "pvs" | "name">, range: ExtentRange): ByteRange {
  const pv = group.pvs.find(({ uuid }) => uuid === range.pvUuid);
  if (pv === undefined || pv.missing) {
    throw new BlockboxError(
      "NOT_HERE",
      `Physical volume ${range.pvUuid} of group ${group.name} is missing. Bring its device back, then run again.`,
    );
  }
  return {
    pvUuid: pv.uuid,
    device: pv.device,
    offsetBytes: pv.peStartBytes + range.startExtent * group.extentSizeBytes,
    lengthBytes: range.extents * group.extentSizeBytes,
  };
}

/**
 * The pieces of a thick volume in logical order; none for one in a pool. Throws INPUT_REFUSED for stripes, and for what
 * lies on hidden volumes instead (mirrors, caches, one that pvmove is moving): not all of it would be among its pieces.
 */
export function rangesOfVolume(group: Group, lv: LogicalVolume): ByteRange[] {
  const bytes = extentsIn(lv.segments) * group.extentSizeBytes;
  const isWhole = lv.kind === "thin" || bytes === lv.sizeBytes;
  if (!isWhole || lv.segments.some(({ type }) => type !== "linear")) {
    throw new BlockboxError(
      "INPUT_REFUSED",
      `Volume ${group.name}/${lv.name} is not of linear pieces, which is all that is made or changed here.`,
    );
  }
  return lv.segments.map((segment) => bytesOf(group, segment));
}

/** Whether a volume is one linear piece: all that loop activation can show. */
export function isOnePiece({ segments: [segment, ...more] }: Pick<LogicalVolume, "segments">): boolean {
  return segment?.type === "linear" && more.length === 0;
}

/** The one range of a linear volume. Throws INPUT_REFUSED for any other layout. */
export function rangeOfVolume(group: Group, lv: LogicalVolume): ByteRange {
  const [segment] = lv.segments;
  if (segment === undefined || !isOnePiece(lv)) {
    throw new BlockboxError(
      "INPUT_REFUSED",
      `Volume ${group.name}/${lv.name} is not one linear piece, which is all that can be reached without device-mapper.`,
    );
  }
  return bytesOf(group, segment);
}

/** Before extents are given to a volume: nobody may be using them past lvm, which cannot see loop devices over them. */
export function refuseUsedExtents({ device, offsetBytes, lengthBytes }: ByteRange): void {
  const loops = loopsOverRange(device, offsetBytes, lengthBytes);
  if (loops.length === 0) return;
  const uses = loops.map((loop) =>
    [`${loop.path} (bytes ${loop.offsetBytes} on)`, ...deviceClaims(loop.path)].join(", "),
  );
  const commands = loops.map(({ path }) => `\`losetup -d ${path}\``).join(", ");
  throw new BlockboxError(
    "IN_USE",
    `Free extents of ${device} are in use by ${uses.join("; ")}. Let go of that (umount, then ${commands}), then run again.`,
  );
}
