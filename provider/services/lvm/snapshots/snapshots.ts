import { notice } from "../../../host/notice.js";
import type { SeenSnapshot, SnapshotService } from "../../service.js";
import { recentGroups } from "../change.js";
import { requireSnapshotParts, volumeId } from "../ids.js";
import { locateVolume } from "../locate.js";
import { unmarkVolumeWhenQuiet } from "../marking.js";
import { settle } from "../plan.js";
import type { Group, LogicalVolume } from "../report.js";
import { parseTags } from "../tags.js";
import { changeSnapshot } from "./changeSnapshot.js";
import { makeSnapshot } from "./makeSnapshot.js";
import { removeSnapshot } from "./removeSnapshot.js";
import { snapshotFacts } from "./snapshotFacts.js";
import { problemsOfAny, snapshotProblems } from "./snapshotProblems.js";
import { takenOf } from "./snapshotTags.js";

/** Snapshots of logical volumes: in the volume's pool, or thick ones with room for all that may change. */
export const snapshots: SnapshotService = {
  problems: snapshotProblems,
  problemsOfAny,

  async create(identity, wish) {
    const made = await makeSnapshot(identity, wish);
    settle(identity);
    return made;
  },

  async read(id, location) {
    const found = locateVolume(await recentGroups(), requireSnapshotParts(id), location);
    if (typeof found === "string") return undefined;
    const { group, lv } = found;
    if (location) unmarkVolumeWhenQuiet(group, lv);
    if (lv.invalid)
      notice(`Snapshot ${id} ran full: what it held is lost, and volumes cannot be made of it. It can be deleted.`);
    return seen(group, lv);
  },

  update: (id, wish, location) => changeSnapshot(requireSnapshotParts(id), wish, location),

  delete: (id, location) => removeSnapshot(requireSnapshotParts(id), location),

  settle,
};

function seen(group: Group, lv: LogicalVolume): SeenSnapshot {
  const { name, description, metadata } = parseTags(lv.tags);
  const { of } = takenOf(lv);
  return {
    facts: snapshotFacts(group, lv),
    wish: {
      volumeId: of === undefined ? undefined : volumeId(group.name, of),
      name: name ?? lv.name,
      ...(description === undefined ? {} : { description }),
      metadata: metadata ?? {},
    },
  };
}
