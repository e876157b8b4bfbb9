import { BlockboxError } from "../../errors.js";
import type { SourceFacts, VolumeSource } from "../service.js";
import { recentGroups } from "./change.js";
import { gibBytes } from "./geometry.js";
import { partsOf } from "./ids.js";
import { requireVolume } from "./locate.js";
import { parseTags } from "./tags.js";

/** What a copy has of its source where nothing else is asked for. */
export async function readSource(source: VolumeSource): Promise<SourceFacts> {
  if ("snapshot" in source) throw new BlockboxError("INPUT_REFUSED", "There are no snapshots with LVM yet.");
  const { lv } = requireVolume(await recentGroups(), partsOf(source.volume));
  return { size: Math.floor(lv.sizeBytes / gibBytes), bootable: parseTags(lv.tags).bootable };
}
