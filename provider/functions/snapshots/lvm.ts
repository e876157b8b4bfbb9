import type { Values } from "../../declaration/property.js";
import { type VolumeParts, volumeId } from "../../services/lvm/ids.js";
import { requireVolume } from "../../services/lvm/locate.js";
import { type LogicalVolume, readGroups } from "../../services/lvm/report.js";
import { snapshotFacts } from "../../services/lvm/snapshots/snapshotFacts.js";
import { takenOf } from "../../services/lvm/snapshots/snapshotTags.js";
import { parseTags } from "../../services/lvm/tags.js";
import type { getSnapshotDeclaration } from "./declaration.js";

/** Throws NOT_FOUND, NOT_HERE, NOT_OURS. The report is always a new one: what was just made must be in it. */
export async function snapshotHere(parts: VolumeParts): Promise<Values<typeof getSnapshotDeclaration.outputs>> {
  const { group, lv } = requireVolume(await readGroups(), parts);
  const { name, description, metadata } = parseTags(lv.tags);
  const { size, createdAt } = snapshotFacts(group, lv);
  return {
    id: volumeId(group.name, lv.name),
    name: name ?? lv.name,
    description,
    volume: volumeId(group.name, takenOf(lv).of ?? ""),
    size,
    status: statusOf(lv),
    metadata: metadata ?? {},
    createdAt,
  };
}

function statusOf({ tags, invalid }: LogicalVolume): string {
  if (parseTags(tags).deleting) return "deleting";
  return invalid ? "error" : "available";
}
