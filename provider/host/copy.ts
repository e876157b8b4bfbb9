import { activity } from "./blockDevice.js";
import { run } from "./command.js";
import type { Lock } from "./lock.js";
import { progress } from "./notice.js";

/** A part of a block device. */
export interface DevicePiece {
  readonly device: string;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

export interface CopyOptions {
  /** What is copied to reads as zeros already, and what is zero stays unwritten: for sparse files. */
  readonly skipZeros: boolean;
  /** What the children hold until they end: of what is copied to, and of what is copied from. */
  readonly locks: readonly [Lock, ...Lock[]];
}

/** What a child copies at once: small enough to end soon after our process was killed. */
const chunkBytes = 256 * 1024 ** 2;
const stallLimitMs = 60_000;

/**
 * Copies bytes from the pieces of one volume to those of another, which are at least as long together, around the page
 * cache and through to the disk. Limited by progress: throws COMMAND_STALLED where a device stands still.
 */
export async function copyPieces(
  from: readonly DevicePiece[],
  to: readonly DevicePiece[],
  { skipZeros, locks: [lock, ...moreLocks] }: CopyOptions,
): Promise<void> {
  const chunks = pairs(from, to);
  for (const [index, [source, target]] of chunks.entries()) {
    if (index > 0) progress(`copying ${Math.floor((100 * index) / chunks.length)} %`);
    const place = [
      ...[`if=${source.device}`, `skip=${source.offsetBytes}`, `count=${source.lengthBytes}`],
      ...[`of=${target.device}`, `seek=${target.offsetBytes}`],
    ];
    const how = [
      ...["bs=4M", "iflag=direct,skip_bytes,count_bytes,fullblock", "oflag=direct,seek_bytes"],
      ...[`conv=notrunc,nocreat,fsync${skipZeros ? ",sparse" : ""}`, "status=none"],
    ];
    const limit = { timeoutMs: stallLimitMs, progress: () => activity(source.device) + activity(target.device) };
    await run("dd", [...place, ...how], { lock, moreLocks, ...limit });
  }
}

/** Both lists cut where a piece of either ends, and into chunks. */
export function pairs(
  from: readonly DevicePiece[],
  to: readonly DevicePiece[],
): [source: DevicePiece, target: DevicePiece][] {
  const [source, target] = [from[0], to[0]];
  if (source === undefined || target === undefined) return [];
  const lengthBytes = Math.min(source.lengthBytes, target.lengthBytes, chunkBytes);
  const restOf = (pieces: readonly DevicePiece[], first: DevicePiece) =>
    first.lengthBytes === lengthBytes ? pieces.slice(1) : [beyond(first, lengthBytes), ...pieces.slice(1)];
  return [
    [
      { ...source, lengthBytes },
      { ...target, lengthBytes },
    ],
    ...pairs(restOf(from, source), restOf(to, target)),
  ];
}

/** What of the pieces, taken together, lies behind their first bytes. */
export function piecesBeyond<P extends DevicePiece>(pieces: readonly P[], bytes: number): P[] {
  const [first, ...others] = pieces;
  if (first === undefined || bytes === 0) return [...pieces];
  if (first.lengthBytes <= bytes) return piecesBeyond(others, bytes - first.lengthBytes);
  return [beyond(first, bytes), ...others];
}

function beyond<P extends DevicePiece>(piece: P, bytes: number): P {
  return { ...piece, offsetBytes: piece.offsetBytes + bytes, lengthBytes: piece.lengthBytes - bytes };
}
