import { waitUntilUnused } from "../../../host/letGo.js";
import type { Lock } from "../../../host/lock.js";
import type { Location } from "../../service.js";
import { activationOf } from "../activation/activationOf.js";
import { deactivate } from "../activation/deviceMapper.js";
import { earlierGroups, groupsUnder, recentGroups } from "../change.js";
import { changeUnused } from "../changeUnused.js";
import { clearExtents } from "../clearExtents.js";
import { lvm } from "../command.js";
import { dropSnapshotView } from "../copies/snapshotView.js";
import { rangesOfVolume } from "../extents.js";
import { parseGroupTags } from "../groupTags.js";
import type { VolumeParts } from "../ids.js";
import { locateGroup, locateVolume } from "../locate.js";
import { forgetMarks } from "../marking.js";
import { type Group, type LogicalVolume, readGroups } from "../report.js";
import { retagVolume } from "../retag.js";
import { deletingTag, parseTags } from "../tags.js";
import { foretellGone } from "../thinVolume.js";
import { takenOf } from "./snapshotTags.js";

/** Deletes a snapshot that state records: success too if it is proven gone, or was handed over to another owner. */
export async function removeSnapshot(parts: VolumeParts, location: Location): Promise<void> {
  const seen = seenBefore(location) ?? locateVolume(await recentGroups(), parts, location);
  if (typeof seen === "string") return;
  // Whoever copies from a snapshot holds its volume's lock.
  const guarded = { ...parts, guard: takenOf(seen.lv).of ?? parts.lv };
  await changeUnused(guarded, `deleting snapshot ${parts.lv}`, async (lock) => {
    const found = locateVolume(await groupsUnder(lock), parts, location);
    if (typeof found === "string") return;
    await clearAndRemoveSnapshot(found.group, found.lv, lock);
    if (found.lv.kind === "thin") foretellGone(lock, found.group, found.lv);
  });
}

/** A snapshot stays one of the same volume: to know of which, each delete of many need not look again. */
function seenBefore({ lvUuid }: Location): { readonly lv: LogicalVolume } | undefined {
  const lv = earlierGroups()
    .flatMap(({ lvs }) => lvs)
    .find(({ uuid }) => uuid === lvUuid);
  return lv && { lv };
}

/**
 * Under the group's lock. A thick one is taken off its volume first: what is left is a plain volume of the same name,
 * whose extents hold what the volume held, and are cleared as a volume's are. Run again, it goes on where it was cut short.
 */
export async function clearAndRemoveSnapshot(group: Group, snapshot: LogicalVolume, lock: Lock): Promise<void> {
  const path = `${group.name}/${snapshot.name}`;
  const activation = activationOf(group);
  activation.require(group);
  await dropSnapshotView(snapshot, lock);
  for (const device of activation.devicesOf(group, snapshot)) await waitUntilUnused(device.path, `Snapshot ${path}`);
  // A thin one goes in one step.
  if (snapshot.kind !== "thin" && !parseTags(snapshot.tags).deleting)
    await retagVolume(group, snapshot, { add: [deletingTag] }, lock);
  if (snapshot.kind === "thickSnapshot")
    await lvm(["lvconvert", "--splitsnapshot", path], { lock, deviceMapper: true });
  if (activation.devicesOf(group, snapshot).length > 0) await deactivate(group, snapshot, lock);
  if (snapshot.kind !== "thin" && parseGroupTags(group.tags).volumeClear === "zero") {
    const { group: now, lv } = await plainVolume(group, snapshot, lock);
    for (const range of rangesOfVolume(now, lv)) await clearExtents(now, range, lock);
  }
  await lvm(["lvremove", path], { lock, deviceMapper: true });
  forgetMarks(group.name, snapshot.name);
}

async function plainVolume(
  { name }: Group,
  { uuid }: LogicalVolume,
  lock: Lock,
): Promise<{ group: Group; lv: LogicalVolume }> {
  const group = locateGroup(await readGroups({ lock }), name);
  const lv = group.lvs.find((one) => one.uuid === uuid);
  if (lv === undefined) throw new TypeError(`logical volume ${uuid} of ${name} went while the group was locked`);
  return { group, lv };
}
