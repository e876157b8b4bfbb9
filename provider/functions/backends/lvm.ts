import { gibBytes } from "../../services/lvm/geometry.js";
import { parseGroupTags } from "../../services/lvm/groupTags.js";
import { backendId } from "../../services/lvm/ids.js";
import { freePiecesGib } from "../../services/lvm/placement.js";
import { promisesOf } from "../../services/lvm/pool/promises.js";
import { type Group, readGroups } from "../../services/lvm/report.js";
import { parseTags } from "../../services/lvm/tags.js";
import { poolOf } from "../../services/lvm/thinPool.js";
import type { FoundVolumeGroup } from "./declaration.js";

/** The volume groups that can be seen on this host, ours and others'. */
export async function groupsHere(): Promise<FoundVolumeGroup[]> {
  const groups = await readGroups();
  return groups.map(seen).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function seen(group: Group): FoundVolumeGroup {
  const { ours } = parseTags(group.tags);
  const gib = (extents: number) => Math.floor((extents * group.extentSizeBytes) / gibBytes);
  return {
    name: group.name,
    backend: ours ? backendId(group.name) : undefined,
    uuid: group.uuid,
    state: group.complete ? "up" : "down",
    totalGib: gib(group.extentCount),
    freeGib: gib(group.freeExtents),
    // Others' extents need not divide a GiB: no volume of ours can be there.
    largestFreeGib: gibBytes % group.extentSizeBytes === 0 ? (freePiecesGib(group)[0] ?? 0) : 0,
    volumes: group.lvs.length,
    activation: ours ? parseGroupTags(group.tags).activation : undefined,
    thinPool: thinPoolOf(group),
    devices: group.pvs.map(({ device }) => device),
  };
}

function thinPoolOf(group: Group): FoundVolumeGroup["thinPool"] {
  const pool = poolOf(group);
  const promises = promisesOf(group);
  if (pool === undefined || promises === undefined) return undefined;
  return {
    name: pool.name,
    totalGib: Math.floor(promises.dataGib),
    ...pool.fill,
    provisionedGib: Math.ceil(promises.promisedGib),
    overSubscription: promises.overSubscription,
  };
}
