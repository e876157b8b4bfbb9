import { gibBytes } from "../../services/lvm/geometry.js";
import { backendId } from "../../services/lvm/ids.js";
import { freePiecesGib } from "../../services/lvm/placement.js";
import { type Group, readGroups } from "../../services/lvm/report.js";
import { parseTags } from "../../services/lvm/tags.js";
import type { FoundVolumeGroup } from "./declaration.js";

/** The volume groups that can be seen on this host, ours and others'. */
export async function groupsHere(): Promise<FoundVolumeGroup[]> {
  const groups = await readGroups();
  return groups.map(seen).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function seen(group: Group): FoundVolumeGroup {
  const gib = (extents: number) => Math.floor((extents * group.extentSizeBytes) / gibBytes);
  return {
    name: group.name,
    backend: parseTags(group.tags).ours ? backendId(group.name) : undefined,
    uuid: group.uuid,
    state: group.complete ? "up" : "down",
    totalGib: gib(group.extentCount),
    freeGib: gib(group.freeExtents),
    largestFreeGib: freePiecesGib(group)[0] ?? 0,
    volumes: group.lvs.length,
    devices: group.pvs.map(({ device }) => device),
  };
}
