import { BlockboxError } from "../../errors.js";
import { namesIn, readSysfs } from "../../host/blockDevice.js";
import type { Group } from "./report.js";

/**
 * Without device-mapper lvm does not tell which volumes another tool has activated with it. Both ways to the same
 * extents at once would destroy data, so nothing of such a group is touched. Throws IN_USE, naming the volumes.
 */
export function refuseActiveGroup(group: Group): void {
  const active = activeVolumes(group, deviceMapperUuids());
  if (active.length === 0) return;
  throw new BlockboxError(
    "IN_USE",
    `Volume group ${group.name} is active in device-mapper: ${active.join(", ")}. Deactivate it (\`vgchange -an ${group.name}\`), then run again.`,
  );
}

/** Names of the volumes that have a device in device-mapper, whose UUID begins with `LVM-` and those of group and volume. */
export function activeVolumes({ uuid, lvs }: Pick<Group, "uuid" | "lvs">, deviceUuids: readonly string[]): string[] {
  const plain = (id: string) => id.replaceAll("-", "");
  return lvs
    .filter((lv) => deviceUuids.some((one) => one.startsWith(`LVM-${plain(uuid)}${plain(lv.uuid)}`)))
    .map(({ name }) => name);
}

function deviceMapperUuids(): string[] {
  return namesIn("/sys/block")
    .filter((name) => name.startsWith("dm-"))
    .flatMap((name) => readSysfs(`/sys/block/${name}/dm/uuid`) ?? []);
}
