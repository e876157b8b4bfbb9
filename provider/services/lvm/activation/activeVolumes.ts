import { BlockboxError } from "../../../errors.js";
import { listMappedDevices } from "../../../host/deviceMapper.js";
import type { Group, LogicalVolume } from "../report.js";

/**
 * Without device-mapper lvm does not tell which volumes another tool has activated with it. Both ways to the same
 * extents at once would destroy data, so nothing of such a group is touched. Throws IN_USE, naming the volumes.
 */
export function refuseActiveGroup(group: Group): void {
  const uuids = listMappedDevices().map(({ uuid }) => uuid);
  const active = activeVolumes(group, uuids);
  if (active.length === 0) return;
  throw new BlockboxError(
    "IN_USE",
    `Volume group ${group.name} is active in device-mapper: ${active.join(", ")}. Deactivate it (\`vgchange -an ${group.name}\`), then run again.`,
  );
}

/** Names of the volumes that have a device in device-mapper. */
export function activeVolumes(group: Pick<Group, "uuid" | "lvs">, deviceUuids: readonly string[]): string[] {
  return group.lvs
    .filter((lv) => deviceUuids.some((one) => one.startsWith(mappedUuid(group, lv))))
    .map(({ name }) => name);
}

/** lvm's name of a volume for device-mapper; what lies below a volume has a suffix. */
export function mappedUuid({ uuid: group }: Pick<Group, "uuid">, { uuid }: Pick<LogicalVolume, "uuid">): string {
  const plain = (id: string) => id.replaceAll("-", "");
  return `LVM-${plain(group)}${plain(uuid)}`;
}
