import type { Location, SnapshotWish } from "../../service.js";
import { changeGroup } from "../change.js";
import { refuseUnfinished } from "../changeVolume.js";
import type { VolumeParts } from "../ids.js";
import { requireVolume } from "../locate.js";
import { readGroups } from "../report.js";
import { retagVolume } from "../retag.js";
import { descriptiveFamilies, markTag, parseTags, tagChanges, volumeTags } from "../tags.js";

/** Brings a snapshot's name, description and metadata to what is wanted. Its mark goes: an update comes from a state that knows it. */
export async function changeSnapshot(parts: VolumeParts, wish: SnapshotWish, location: Location): Promise<void> {
  await changeGroup(parts.volumeGroup, `changing snapshot ${wish.name}`, async (lock) => {
    const { group, lv } = requireVolume(await readGroups({ lock }), parts, location);
    refuseUnfinished(group, lv);
    const { mark, bootable } = parseTags(lv.tags);
    const { add, remove } = tagChanges(lv.tags, volumeTags({ ...wish, bootable }), descriptiveFamilies);
    await retagVolume(group, lv, { add, remove: [...remove, ...(mark ? [markTag(mark)] : [])] }, lock);
  });
}
