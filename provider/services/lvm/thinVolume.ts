import type { Lock } from "../../host/lock.js";
import { foretell } from "./change.js";
import type { Group, LogicalVolume } from "./report.js";
import { poolName } from "./thinPool.js";

/** What those who share the group's lock need to know of a thin volume that has just been made: lvm has not told its UUID yet. */
export function foretellThin(
  lock: Lock,
  { name: volumeGroup }: Pick<Group, "name">,
  made: Pick<LogicalVolume, "name" | "sizeBytes" | "tags">,
): void {
  const lv: LogicalVolume = {
    ...made,
    ...{ uuid: "", permission: "rw", kind: "thin", createdAt: 0, origin: "", pool: poolName(volumeGroup) },
    ...{ fill: undefined, invalid: false, segments: [] },
  };
  foretell(lock, volumeGroup, (group) => ({ ...group, lvs: [...group.lvs, lv] }));
}

/** As foretellThin, of one that is gone. */
export function foretellGone(lock: Lock, { name: volumeGroup }: Pick<Group, "name">, { uuid }: LogicalVolume): void {
  foretell(lock, volumeGroup, (group) => ({ ...group, lvs: group.lvs.filter((lv) => lv.uuid !== uuid) }));
}
