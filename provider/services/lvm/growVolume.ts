import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { clearNewExtents } from "./clearExtents.js";
import { lvm } from "./command.js";
import { bytesOf } from "./extents.js";
import { gibBytes } from "./geometry.js";
import { parseGroupTags } from "./groupTags.js";
import { growth, growthInPieces } from "./growth.js";
import { growthWords } from "./growthWords.js";
import { extentArguments } from "./placement.js";
import { requirePromise } from "./pool/promises.js";
import type { ExtentRange, Group, LogicalVolume } from "./report.js";

/**
 * Lets a volume grow, attached or not. What it gets is cleared while nobody has it yet: from the moment on in which lvm
 * knows of it, somebody may write there. Throws NO_SPACE.
 */
export async function growVolume(group: Group, lv: LogicalVolume, toGib: number, lock: Lock): Promise<void> {
  if (lv.kind === "thin") return growThin(group, lv, toGib, lock);
  const deviceMapper = parseGroupTags(group.tags).activation === "deviceMapper";
  const ranges = deviceMapper ? rangesInPieces(group, lv, toGib) : rangeBehind(group, lv, toGib);
  if (ranges.length === 0) return;
  const cleared = ranges.map((range) => bytesOf(group, range));
  await clearNewExtents(group, cleared, lock);
  const { extents, places } = extentArguments(ranges);
  const room = ["--alloc", deviceMapper ? "normal" : "contiguous", "--extents", `+${extents}`];
  await lvm(["lvextend", ...room, `${group.name}/${lv.name}`, ...places], { lock, deviceMapper });
}

async function growThin(group: Group, lv: LogicalVolume, toGib: number, lock: Lock): Promise<void> {
  requirePromise(group, toGib - lv.sizeBytes / gibBytes);
  await lvm(["lvextend", "--size", `${toGib}g`, `${group.name}/${lv.name}`], { lock, deviceMapper: true });
}

function rangesInPieces(group: Group, lv: LogicalVolume, toGib: number): ExtentRange[] {
  const ranges = growthInPieces({ layout: group, lv, toGib });
  if (ranges) return ranges;
  throw noSpace(group, lv, `cannot grow to ${toGib} GiB: its volume group has too little free. Let the Backend grow`);
}

function rangeBehind(group: Group, lv: LogicalVolume, toGib: number): ExtentRange[] {
  const answer = growth({ layout: group, lv, toGib });
  if (answer.ok) return answer.range ? [answer.range] : [];
  throw noSpace(group, lv, growthWords(answer, toGib));
}

function noSpace(group: Group, lv: LogicalVolume, reason: string): BlockboxError {
  return new BlockboxError("NO_SPACE", `Volume ${group.name}/${lv.name} ${reason}.`);
}
