import { findLoopDevice, isBackedBy, loopOfFile } from "../../host/loop.js";
import type { BackendService, SeenBackend } from "../service.js";
import { backendProblems } from "./backendProblems.js";
import { recentGroups } from "./change.js";
import { gibBytes } from "./geometry.js";
import { groupFacts } from "./groupFacts.js";
import { parseGroupTags } from "./groupTags.js";
import { backendId, requireGroupOf } from "./ids.js";
import { locateGroup, refuseOtherMachine } from "./locate.js";
import { workingPath } from "./loopFile.js";
import { makeGroup } from "./makeGroup.js";
import { unmarkWhenQuiet } from "./marking.js";
import { removeGroup } from "./removeGroup.js";
import type { Group } from "./report.js";
import { creationTags } from "./tags.js";
import { isBuried } from "./tombstone.js";
import { updateGroup } from "./updateGroup.js";

/** Backends as volume groups of this host, each on a file behind a loop device. */
export const backends: BackendService = {
  problems: backendProblems,

  async create(identity, wish) {
    return { id: backendId(wish.volumeGroup), facts: await makeGroup(identity, wish) };
  },

  async read(id, recorded) {
    const volumeGroup = requireGroupOf(id);
    const groups = await recentGroups();
    if (recorded === undefined) return seen(locateGroup(groups, volumeGroup));
    const { location } = recorded.facts;
    refuseOtherMachine(volumeGroup, location);
    if (isBuried(location.vgUuid)) return undefined;
    const visible = groups.find(({ uuid }) => uuid === location.vgUuid);
    // Not to be seen is not gone: what state says stays, but for this.
    if (!visible?.complete) return { wish: recorded.wish, facts: { ...recorded.facts, state: "down" } };
    const group = locateGroup(groups, volumeGroup, location);
    for (const tag of creationTags(group.tags)) unmarkWhenQuiet(group.name, "", tag);
    return seen(group, recorded);
  },

  needsRepair: ({ loopFile }) => loopFile !== undefined && loopOfFile(loopFile.path) === undefined,

  update: (id, wish, recorded) => updateGroup(requireGroupOf(id), wish, recorded),

  refuseChange: async () => undefined,

  async refuseReplacement(id) {
    const volumeGroup = requireGroupOf(id);
    const count = (await recentGroups()).find(({ name }) => name === volumeGroup)?.lvs.length;
    if (count === 0) return undefined;
    const holds =
      count === undefined ? "cannot be seen on this host just now" : `holds ${count} volume${count === 1 ? "" : "s"}`;
    return `would replace a Backend whose volume group ${volumeGroup} ${holds}. Make a second Backend instead, and remove this one once it is empty`;
  },

  delete: (id, stack, wish, recorded) => removeGroup(requireGroupOf(id), stack, wish, recorded),
};

function seen(group: Group, recorded?: SeenBackend): SeenBackend {
  const { name, volumeClear, sparse } = parseGroupTags(group.tags);
  const path = pathOf(group, recorded?.wish.loopFile?.path);
  // Of the physical volume, not of the file: so an update comes that finishes a growth which was cut short between both.
  const [pv] = group.pvs;
  const size = pv ? Math.ceil((pv.peStartBytes + pv.extentCount * group.extentSizeBytes) / gibBytes) : 0;
  const { adopt, devices, thinPool, activation } =
    recorded?.wish ?? ({ adopt: false, devices: [], activation: "auto" } as const);
  return {
    wish: {
      ...{ name, volumeGroup: group.name, adopt, devices: [...devices], loopFile: { path, size, sparse } },
      ...(thinPool === undefined ? {} : { thinPool }),
      ...{ volumeClear, activation },
    },
    facts: groupFacts(group, recorded?.facts ?? { directories: [], physicalVolumes: {} }),
  };
}

/**
 * The path of the group's file: the recorded one as long as that is the same file (it may go through a symbolic link),
 * or as a delete that was cut short has renamed it.
 */
function pathOf({ uuid, pvs }: Group, recorded: string | undefined): string {
  const [pv] = pvs;
  const loop = pv && findLoopDevice(pv.device);
  if (loop === undefined) return recorded ?? "";
  const isRecorded = (path: string) => isBackedBy(loop, path) || loop.backing === workingPath(path, uuid, "deleted");
  return recorded !== undefined && isRecorded(recorded) ? recorded : loop.backing;
}
