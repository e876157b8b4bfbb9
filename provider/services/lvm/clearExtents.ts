import { clearRange } from "../../host/clear.js";
import type { Lock } from "../../host/lock.js";
import type { ByteRange } from "./extents.js";
import { parseGroupTags } from "./groupTags.js";
import { holdingPhysicalVolume } from "./physicalVolume.js";
import type { Group } from "./report.js";

/** Makes extents that nobody uses read as zeros, as it suits the group's file. */
export async function clearExtents({ tags }: Group, range: ByteRange, lock: Lock): Promise<void> {
  const { sparse } = parseGroupTags(tags);
  await holdingPhysicalVolume(range, () =>
    clearRange(range.device, range.offsetBytes, range.lengthBytes, { sparse, lock }),
  );
}
