import { gibBytes } from "./geometry.js";
import { cellExtents, takePieces, withoutRanges } from "./placement.js";
import type { ExtentRange, Group, LogicalVolume } from "./report.js";

/** What the preview judges: a real group, or one still to be made. */
export type Layout = Pick<Group, "extentSizeBytes" | "pvs" | "lvs" | "free">;

export type Growth =
  /** `range` is what lvextend is to add; undefined where the volume has the size already. */
  | { ok: true; range: ExtentRange | undefined }
  /** `freeGib` whole GiB are free right behind the volume, then comes another volume or the end of the device. */
  | { ok: false; reason: "neighbour"; neighbour: LogicalVolume; freeGib: number }
  | { ok: false; reason: "end"; freeGib: number }
  /** Loop activation shows a volume as one range only. */
  | { ok: false; reason: "segments" };

/** How a volume grows to `toGib` in one piece. Growing back what a shrink would take is not asked here. */
export function growth({ layout, lv, toGib }: { layout: Layout; lv: LogicalVolume; toGib: number }): Growth {
  const [segment, ...more] = lv.segments;
  if (segment === undefined || more.length > 0 || segment.type !== "linear") return { ok: false, reason: "segments" };
  const missing = toGib * cellExtents(layout.extentSizeBytes) - segment.extents;
  if (missing <= 0) return { ok: true, range: undefined };

  const end = segment.startExtent + segment.extents;
  const behind = layout.free.find((range) => range.pvUuid === segment.pvUuid && range.startExtent === end);
  const room = behind?.extents ?? 0;
  if (behind !== undefined && room >= missing) return { ok: true, range: { ...behind, extents: missing } };

  const freeGib = Math.floor((room * layout.extentSizeBytes) / gibBytes);
  const neighbour = layout.lvs.find(({ segments }) =>
    segments.some((other) => other.pvUuid === segment.pvUuid && other.startExtent === end + room),
  );
  return neighbour === undefined
    ? { ok: false, reason: "end", freeGib }
    : { ok: false, reason: "neighbour", neighbour, freeGib };
}

/**
 * The extents by which a volume grows to `toGib` where it may be of several pieces: what is right behind it first, so
 * that it stays one piece if it can. None where it has the size already, undefined where too few are free.
 */
export function growthInPieces({
  layout,
  lv,
  toGib,
}: {
  layout: Layout;
  lv: LogicalVolume;
  toGib: number;
}): ExtentRange[] | undefined {
  const missing = Math.ceil((toGib * gibBytes - lv.sizeBytes) / layout.extentSizeBytes);
  if (missing <= 0) return [];
  const last = lv.segments.at(-1);
  const end = last && last.startExtent + last.extents;
  const behind = layout.free.find((range) => range.pvUuid === last?.pvUuid && range.startExtent === end);
  if (behind === undefined) return takePieces(layout.free, missing);
  const first = { ...behind, extents: Math.min(behind.extents, missing) };
  const others = takePieces(withoutRanges(layout.free, [first]), missing - first.extents);
  return others && [first, ...others];
}
