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
import { parseTags } from "./tags.js";

/** Which attachment of this deployment will have a volume, by the volume's id. */
const planned = new Map<string, string>();

/** What a preview can see of a volume that is to be attached. What cannot be seen just now is not judged. */
export async function foreseeAttachment(identity: Identity, id: string, exists: boolean): Promise<ForeseenAttachment> {
  const { volumeGroup, lv: name } = partsOf(id);
  const group = (await recentGroups()).find((one) => one.name === volumeGroup && one.complete);
  if (group === undefined) return { problems: [] };
  const lv = group.lvs.find((one) => one.name === name);
  if (lv === undefined)
    return { problems: [volumeProblem(`is not there: volume group ${volumeGroup} does not hold it. Give another`)] };

  const owner = planned.get(id) ?? identity.digest;
  if (owner !== identity.digest)
    return { problems: [volumeProblem("has another Attachment in this program, and can have one")] };
  planned.set(id, owner);
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
  // What is in a pool cannot be read unless it is activated, which a preview does not do.
  if (mark || formatting || deleting || !isOnePiece(lv)) return { problems: [], readOnly };
  const range = rangeOfVolume(group, lv);
  const { offsetBytes, lengthBytes: sizeBytes } = range;
  const content = await holdingPhysicalVolume(range, () => contentOf(range.device, { offsetBytes, sizeBytes }));
  return { problems: [], readOnly, content };
}

function volumeProblem(reason: string): { property: string; reason: string } {
  return { property: "volume", reason };
}
