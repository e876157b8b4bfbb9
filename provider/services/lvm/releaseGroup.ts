import type { Lock } from "../../host/lock.js";
import type { BackendFacts } from "../service.js";
import { changeGroup } from "./change.js";
import { lvm } from "./command.js";
import { orphansOf, unmakePhysicalVolume } from "./devices/leave.js";
import { pathIn, pathTags } from "./devices/pathTags.js";
import { groupFamilies } from "./groupTags.js";
import { emptyGroup } from "./leftVolumes.js";
import { locateGroup, refuseOtherMachine } from "./locate.js";
import { forgetMarks } from "./marking.js";
import { type Group, readHost } from "./report.js";
import { retagGroup, retagVolume, tagOptions } from "./retag.js";
import { creationTags, ownTag, parseTags, tagChanges } from "./tags.js";
import { poolOf } from "./thinPool.js";

/** The end of a Backend whose group is adopted: our tags go, and nothing else. Success too where they are gone already. */
export async function releaseGroup(volumeGroup: string, stack: string, { location }: BackendFacts): Promise<void> {
  refuseOtherMachine(volumeGroup, location);
  await changeGroup(volumeGroup, `letting go of volume group ${volumeGroup}`, async (lock) => {
    const host = await readHost({ lock });
    const { groups } = host;
    // Made for the group, which it has never been in or has left again.
    for (const pv of orphansOf(host, location.vgUuid)) await unmakePhysicalVolume(pv, lock);
    const untagged = groups.find(({ uuid, tags }) => uuid === location.vgUuid && !parseTags(tags).ours);
    if (untagged?.complete) return;
    const group = locateGroup(groups, volumeGroup, location);
    const pool = poolOf(group);
    await emptyGroup(group, stack, (lv) => lv !== pool && parseTags(lv.tags).ours, lock);
    if (pool) await retagVolume(group, pool, { remove: [ownTag] }, lock);
    await untagDevices(group, lock);
    const { remove } = tagChanges(group.tags, [], groupFamilies);
    // The one that says that the group is ours goes with the last ones, in one command.
    await retagGroup(group, { remove: [ownTag, ...remove, ...creationTags(group.tags)] }, lock);
    forgetMarks(volumeGroup);
  });
}

async function untagDevices({ pvs }: Group, lock: Lock): Promise<void> {
  for (const { device, tags } of pvs) {
    const path = pathIn(tags);
    if (path !== undefined) await lvm(["pvchange", ...tagOptions({ remove: pathTags(path) }), device], { lock });
  }
}
