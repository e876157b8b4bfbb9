import { existsSync } from "node:fs";
import { findLoopDevice, isBackedBy } from "../../host/loop.js";
import { removeDirectories } from "../../host/mounts.js";
import type { BackendFacts, BackendWish } from "../service.js";
import { changeGroup } from "./change.js";
import { lvm } from "./command.js";
import { orphansOf, unmakePhysicalVolume } from "./devices/leave.js";
import { isPvUuidOf, ownerByGroup } from "./devices/ownUuid.js";
import { pathIn } from "./devices/pathTags.js";
import { clearRemainders } from "./devices/remainder.js";
import { emptyGroup } from "./leftVolumes.js";
import { locateGroup, refuseOtherMachine } from "./locate.js";
import { discardFile, ensureLoop, retireLoopFile, workingPath } from "./loopFile.js";
import { forgetMarks } from "./marking.js";
import { removePool } from "./pool/remove.js";
import { type Group, type Host, type PhysicalVolume, readGroups, readHost } from "./report.js";
import { poolOf } from "./thinPool.js";
import { bury, isBuried } from "./tombstone.js";

/**
 * Removes a group that we made, if nothing is left in it but what killed creates of the same stack left behind. Its
 * file is renamed first and removed last, and its devices lose their labels last, so that a re-run of a killed delete
 * knows where it stands.
 */
export async function removeGroup(
  volumeGroup: string,
  stack: string,
  wish: BackendWish,
  recorded: BackendFacts,
): Promise<void> {
  const { location, physicalVolumes, directories } = recorded;
  refuseOtherMachine(volumeGroup, location);
  await changeGroup(volumeGroup, `deleting volume group ${volumeGroup}`, async (lock) => {
    const { vgUuid } = location;
    const path = wish.loopFile?.path;
    const retired = path === undefined ? undefined : workingPath(path, vgUuid, "deleted");
    // A delete that was cut short, perhaps before a reboot: only with its device back can the file show that it is empty.
    if (!isBuried(vgUuid) && retired !== undefined && existsSync(retired)) await ensureLoop(retired, lock);
    const host = await readHost({ lock });
    const leaving = orphansOf(host, vgUuid, physicalVolumes);
    if (!isOver(host, recorded, retired)) {
      const group = locateGroup(host.groups, volumeGroup, location);
      const pool = poolOf(group);
      await emptyGroup(group, stack, (lv) => lv.kind !== "hidden" && lv !== pool, lock);
      if (path !== undefined) retireFile(group, path);
      if (pool) await removePool(locateGroup(await readGroups({ lock }), volumeGroup, location), pool, lock);
      await lvm(["vgremove", volumeGroup], { lock });
      leaving.push(...group.pvs.filter((pv) => isOnGivenDevice(pv, recorded)));
    }
    bury(vgUuid);
    for (const pv of leaving) await unmakePhysicalVolume(pv, lock);
    await clearRemainders(Object.keys(physicalVolumes), lock);
    if (retired !== undefined) await discardFile(retired, lock);
    removeDirectories(directories);
    forgetMarks(volumeGroup);
  });
}

/** Whether the group itself is gone, by us: told by what is left of it. */
function isOver(
  { groups, orphans }: Host,
  { location: { vgUuid }, physicalVolumes }: BackendFacts,
  retired: string | undefined,
): boolean {
  if (isBuried(vgUuid)) return true;
  if (groups.some(({ uuid }) => uuid === vgUuid)) return false;
  if (retired !== undefined && existsSync(retired)) return true;
  // One alone may have left the group before; the rest may only be missing.
  const recorded = Object.values(physicalVolumes);
  return recorded.length > 0 && recorded.every((uuid) => orphans.some((pv) => pv.uuid === uuid));
}

/** Also one that joined in an update that was cut short, of which no state knows. */
function isOnGivenDevice({ uuid, tags }: PhysicalVolume, { location, physicalVolumes }: BackendFacts): boolean {
  const isOwn = isPvUuidOf(uuid, [ownerByGroup(location.vgUuid)]) || pathIn(tags) !== undefined;
  return isOwn || Object.values(physicalVolumes).includes(uuid);
}

function retireFile({ uuid, pvs }: Group, path: string): void {
  const retired = workingPath(path, uuid, "deleted");
  const onFile = pvs.filter(({ device }) => {
    const loop = findLoopDevice(device);
    return loop !== undefined && (isBackedBy(loop, path) || isBackedBy(loop, retired));
  });
  // Without one the message names any device of the group.
  const [device] = [...onFile, ...pvs].map((pv) => pv.device);
  if (device !== undefined) retireLoopFile(path, uuid, device);
}
