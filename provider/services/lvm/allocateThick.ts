import { BlockboxError } from "../../errors.js";
import type { Identity, VolumeWish } from "../service.js";
import { clearNewExtents } from "./clearExtents.js";
import { lvm } from "./command.js";
import { bytesOf } from "./extents.js";
import { gibBytes } from "./geometry.js";
import { parseGroupTags } from "./groupTags.js";
import { type MakeVolume, newVolumeOptions } from "./newVolume.js";
import { extentArguments, place, takePieces, withoutRanges } from "./placement.js";
import { reservedRanges, stillPlanned } from "./plan.js";
import type { ExtentRange, Group } from "./report.js";
import { copyingTag } from "./tags.js";

/** On extents of its own, cleared before lvm is told to take them. */
export const allocateThick: MakeVolume = async (group, identity, wish, lock) => {
  const ranges = placeVolume(group, identity, wish);
  const cleared = ranges.map((range) => bytesOf(group, range));
  await clearNewExtents(group, cleared, lock);
  const { name, options } = newVolumeOptions(identity, wish, wish.source ? [copyingTag] : []);
  const inert = ["--activate", "n", "--setautoactivation", "n", "--zero", "n", "--wipesignatures", "n"];
  const { extents, places } = extentArguments(ranges);
  const room = ["--alloc", ranges.length === 1 ? "contiguous" : "normal", "--extents", `${extents}`];
  await lvm(["lvcreate", ...inert, ...room, ...options, group.name, ...places], { lock });
  return name;
};

/** In one hole, so that the volume can be reached without device-mapper too; with it, in several if need be. */
export function placeVolume(group: Group, identity: Identity, { name, size }: VolumeWish): ExtentRange[] {
  const wanted = {
    extentSizeBytes: group.extentSizeBytes,
    sizeGib: size,
    stillPlannedGib: stillPlanned(group.name, identity),
  };
  // A reservation is a hint of what others will need; a volume that fits only there goes there.
  const range =
    place({ ...wanted, free: withoutRanges(group.free, reservedRanges(group)) }) ??
    place({ ...wanted, free: group.free });
  if (range) return [range];
  const inPieces = parseGroupTags(group.tags).activation === "deviceMapper";
  const pieces = inPieces ? takePieces(group.free, (size * gibBytes) / group.extentSizeBytes) : undefined;
  if (pieces) return pieces;
  const what = inPieces ? `${size} GiB free` : `free piece of ${size} GiB`;
  throw new BlockboxError(
    "NO_SPACE",
    `Volume group ${group.name} has no ${what} for volume ${name}. Let the Backend grow, or delete volumes.`,
  );
}
