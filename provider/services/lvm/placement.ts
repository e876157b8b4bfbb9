import { gibBytes } from "./geometry.js";
import { fits } from "./packing.js";
import type { ExtentRange } from "./report.js";

/** A hole in cells of one GiB, on the grid that begins with the physical volume's first extent. */
interface Hole {
  range: ExtentRange;
  firstCell: number;
  cells: number;
}

/**
 * Where a new volume of `sizeGib` goes: the middle of the largest hole (its start, where no volume is in front) while
 * everything of `stillPlannedGib` fits into
 * what is left (so that all have room to grow), else the start of the smallest hole that leaves room for it.
 * Undefined where no hole takes it. `free` must not contain what a planned growth needs: see `withoutRanges`.
 */
export function place(wish: {
  extentSizeBytes: number;
  free: readonly ExtentRange[];
  sizeGib: number;
  stillPlannedGib: readonly number[];
}): ExtentRange | undefined {
  const cell = cellExtents(wish.extentSizeBytes);
  const holes = wish.free
    .map((range) => hole(range, cell))
    .sort((a, b) => a.cells - b.cells || b.firstCell - a.firstCell);
  const candidates = holes.filter(({ cells }) => cells >= wish.sizeGib);
  const largest = candidates.at(-1);
  if (largest === undefined) return undefined;

  const leaves = (taken: Hole, before: number) => {
    const others = holes.filter((other) => other !== taken).map(({ cells }) => cells);
    return [...others, before, taken.cells - wish.sizeGib - before];
  };
  const at = (taken: Hole, before: number): ExtentRange => ({
    ...taken.range,
    startExtent: (taken.firstCell + before) * cell,
    extents: wish.sizeGib * cell,
  });
  // A volume grows into what is behind it: half of the rest is left to the one in front of the hole, if there is one.
  const rest = largest.cells - wish.sizeGib;
  const middle = largest.firstCell === 0 ? 0 : Math.max(Math.floor(rest / 2), Math.min(1, rest));
  if (fits(leaves(largest, middle), wish.stillPlannedGib)) return at(largest, middle);
  const careful = candidates.find((candidate) => fits(leaves(candidate, 0), wish.stillPlannedGib));
  return at(careful ?? candidates[0] ?? largest, 0);
}

/** The sizes in GiB of the holes that volumes can use, largest first. */
export function freePiecesGib(layout: { extentSizeBytes: number; free: readonly ExtentRange[] }): number[] {
  const cell = cellExtents(layout.extentSizeBytes);
  return layout.free
    .map((range) => hole(range, cell).cells)
    .filter((cells) => cells > 0)
    .sort((a, b) => b - a);
}

/** The free ranges without those that something else needs. */
export function withoutRanges(free: readonly ExtentRange[], taken: readonly ExtentRange[]): ExtentRange[] {
  return taken.reduce<ExtentRange[]>((left, range) => left.flatMap((piece) => cut(piece, range)), [...free]);
}

/** As lvcreate and lvextend take extents and where they are to be: all of these ranges, and no others. */
export function extentArguments(ranges: readonly ExtentRange[]): { extents: number; places: string[] } {
  const places = ranges.map(
    ({ pvDevice, startExtent, extents }) => `${pvDevice}:${startExtent}-${startExtent + extents - 1}`,
  );
  return { extents: extentsIn(ranges), places };
}

export function extentsIn(ranges: readonly Pick<ExtentRange, "extents">[]): number {
  return ranges.reduce((sum, { extents }) => sum + extents, 0);
}

/** So many extents in as few pieces as there can be, the largest holes first; undefined where fewer are free. */
export function takePieces(free: readonly ExtentRange[], extents: number): ExtentRange[] | undefined {
  const pieces: ExtentRange[] = [];
  let missing = extents;
  for (const hole of [...free].sort((a, b) => b.extents - a.extents)) {
    if (missing <= 0) break;
    pieces.push({ ...hole, extents: Math.min(hole.extents, missing) });
    missing -= hole.extents;
  }
  return missing <= 0 ? pieces : undefined;
}

/** Ranges with neighbouring ones made one. */
export function joinRanges(ranges: readonly ExtentRange[]): ExtentRange[] {
  const joined: ExtentRange[] = [];
  const sorted = [...ranges].sort((a, b) => a.pvUuid.localeCompare(b.pvUuid) || a.startExtent - b.startExtent);
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last?.pvUuid === range.pvUuid && last.startExtent + last.extents === range.startExtent)
      last.extents += range.extents;
    else joined.push({ ...range });
  }
  return joined;
}

function cut(piece: ExtentRange, taken: ExtentRange): ExtentRange[] {
  if (piece.pvUuid !== taken.pvUuid) return [piece];
  const [start, end] = [piece.startExtent, piece.startExtent + piece.extents];
  const left = { ...piece, extents: Math.min(end, taken.startExtent) - start };
  const rightStart = Math.max(start, taken.startExtent + taken.extents);
  const right = { ...piece, startExtent: rightStart, extents: end - rightStart };
  if (left.extents >= piece.extents || right.extents >= piece.extents) return [piece];
  return [left, right].filter(({ extents }) => extents > 0);
}

function hole(range: ExtentRange, cell: number): Hole {
  const firstCell = Math.ceil(range.startExtent / cell);
  const endCell = Math.floor((range.startExtent + range.extents) / cell);
  return { range, firstCell, cells: Math.max(0, endCell - firstCell) };
}

/** Extents in a GiB. Throws a RangeError for a group whose extents do not divide a GiB: it cannot hold whole GiB. */
export function cellExtents(extentSizeBytes: number): number {
  const cell = gibBytes / extentSizeBytes;
  if (!Number.isInteger(cell)) throw new RangeError(`extents of ${extentSizeBytes} bytes do not divide a GiB`);
  return cell;
}
