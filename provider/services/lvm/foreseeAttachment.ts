import { contentOf } from "../../host/blank.js";
import { isNamedAs } from "../claims.js";
import type { ForeseenAttachment, Identity } from "../service.js";
import { activationOf } from "./activation/activationOf.js";
import { attachedElsewhere } from "./attachedElsewhere.js";
import { isLeftInStack } from "./beginAttachment.js";
import { recentGroups } from "./change.js";
import { isOnePiece, rangeOfVolume } from "./extents.js";
import { partsOf } from "./ids.js";
import { holdingPhysicalVolume } from "./physicalVolume.js";
import { isToBeCopied, planAttachment, refusalsIn, settle } from "./plan.js";
import { parseTags } from "./tags.js";

/** What a preview can see of a volume that is to be attached. What cannot be seen just now is not judged. */
export async function foreseeAttachment(identity: Identity, id: string, exists: boolean): Promise<ForeseenAttachment> {
  const { volumeGroup, lv: name } = partsOf(id);
  const group = (await recentGroups()).find((one) => one.name === volumeGroup && one.complete);
  if (group === undefined) return { problems: [] };
  const lv = group.lvs.find((one) => one.name === name);
  if (lv === undefined)
    return { problems: [volumeProblem(`is not there: volume group ${volumeGroup} does not hold it. Give another`)] };
  if (!exists && !parseTags(lv.tags).ours)
    return { problems: [volumeProblem("does not carry our tag, so it is left alone. Give another")] };

  if (!planAttachment(identity, volumeGroup, lv))
    return { problems: [volumeProblem("has another Attachment in this program, and can have one")] };
  const { attachmentMark, mark, formatting, deleting } = parseTags(lv.tags);
  const readOnly = lv.permission === "ro";
  const devices = activationOf(group).devicesOf(group, lv);
  const [device] = devices;
  if (device) {
    // One that the engine has named is being replaced: its delete comes first.
    const isOwn = exists || attachmentMark?.identity === identity.digest || isNamedAs("Attachment", id, identity);
    if (isOwn) return { problems: [], readOnly, device: device.path };
    if (isLeftInStack(group, lv, identity.stack)) return { problems: [], readOnly };
    return { problems: [volumeProblem(`cannot be attached. ${attachedElsewhere(group, lv, devices).message}`)] };
  }
  const crowded = await crowdedReason(identity, volumeGroup, id);
  if (crowded !== undefined) return { problems: [volumeProblem(crowded)] };
  // What is in a pool cannot be read unless it is activated, which a preview does not do.
  if (mark || formatting || deleting || !isOnePiece(lv)) return { problems: [], readOnly };
  const range = rangeOfVolume(group, lv);
  const { offsetBytes, lengthBytes: sizeBytes } = range;
  const content = await holdingPhysicalVolume(range, () => contentOf(range.device, { offsetBytes, sizeBytes }));
  return { problems: [], readOnly, content };
}

/** A copy of a volume that is attached needs room beside it: all that was planned before has been accepted without. */
async function crowdedReason(identity: Identity, volumeGroup: string, id: string): Promise<string | undefined> {
  if (!isToBeCopied(volumeGroup, id) || (await refusalsIn(volumeGroup)).length === 0) return undefined;
  settle(identity);
  return `cannot be attached while it is copied: volume group ${volumeGroup}, with all that is planned in it, has no room for the snapshot that is copied then. Let the Backend grow, or attach it in a later update`;
}

function volumeProblem(reason: string): { property: string; reason: string } {
  return { property: "volume", reason };
}
