import { dirname } from "node:path";
import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { findLoopDevice } from "../../host/loop.js";
import { foldersBetween, makeDirectories, removeDirectories } from "../../host/mounts.js";
import { awaitCreator } from "../claims.js";
import { newMark } from "../mark.js";
import type { BackendFacts, BackendWish, Identity } from "../service.js";
import { changeGroup } from "./change.js";
import { lvm } from "./command.js";
import { extentSizeBytes, pvcreateArguments } from "./geometry.js";
import { groupFacts } from "./groupFacts.js";
import { groupTags } from "./groupTags.js";
import { locateGroup } from "./locate.js";
import {
  discardFile,
  makeLoopFile,
  ownerOf,
  publishLoopFile,
  refuseExisting,
  requireLoopFile,
  unpublishLoopFile,
  workingPath,
} from "./loopFile.js";
import { isLeftGroup, unmarkWhenQuiet } from "./marking.js";
import { type Group, readGroups } from "./report.js";
import { tagOptions } from "./retag.js";
import { creationTags, directoryTags, markTag, parseTags } from "./tags.js";

/**
 * Makes a volume group on a new file behind a loop device. The file gets its name last. What a killed create of the
 * same identity left is thrown away first: an empty group that no state knows of.
 */
export async function makeGroup(identity: Identity, wish: BackendWish): Promise<BackendFacts> {
  const make = async (lock: Lock) => {
    const left = (await readGroups({ lock })).find(({ name }) => name === wish.volumeGroup);
    if (left) await discardGroup(left, identity, lock);
    refuseExisting(requireLoopFile(wish).path);
    const directories = await build(identity, wish, lock);
    const group = locateGroup(await readGroups({ lock }), wish.volumeGroup);
    for (const tag of creationTags(group.tags)) unmarkWhenQuiet(group.name, "", tag);
    return groupFacts(group, { directories, physicalVolumes: {} });
  };
  return awaitCreator(() => changeGroup(wish.volumeGroup, `creating volume group ${wish.volumeGroup}`, make));
}

async function discardGroup(left: Group, identity: Identity, lock: Lock): Promise<void> {
  if (!isLeftGroup(left, identity) || left.lvs.length > 0) throw groupExists(left.name);
  const files = left.pvs.map(({ device }) => findLoopDevice(device)?.backing).filter((file) => file !== undefined);
  // Under its working name the file is known for ours even if this is cut short too.
  const working = files.map((file) => unpublishLoopFile(file, ownerOf(identity.digest)));
  await lvm(["vgremove", left.name], { lock });
  for (const file of working) {
    await discardFile(file, lock);
    const { madeDirectory } = parseTags(left.tags);
    if (madeDirectory !== undefined) removeDirectories(foldersBetween(madeDirectory, dirname(file)));
  }
}

async function build(identity: Identity, wish: BackendWish, lock: Lock): Promise<string[]> {
  const { volumeGroup } = wish;
  const loopFile = requireLoopFile(wish);
  const owner = ownerOf(identity.digest);
  const directories = makeDirectories(dirname(loopFile.path));
  const working = workingPath(loopFile.path, owner, "new");
  try {
    const loop = await makeLoopFile(loopFile, owner, lock);
    await lvm(["pvcreate", ...pvcreateArguments, loop.path], { lock });
    const marks = [markTag(newMark(identity)), ...directoryTags(directories[0])];
    const tags = tagOptions({
      add: [
        ...groupTags({
          ...wish,
          sparse: loopFile.sparse,
          activation: wish.activation === "deviceMapper" ? "deviceMapper" : "loop",
          adopted: false,
          overSubscription: 1,
        }),
        ...marks,
      ],
    });
    const autoactivation = ["--setautoactivation", "n"];
    await lvm(
      ["vgcreate", ...autoactivation, "--physicalextentsize", `${extentSizeBytes}b`, ...tags, volumeGroup, loop.path],
      { lock },
    );
    publishLoopFile(loopFile.path, owner);
    return directories;
  } catch (error) {
    await discardFile(working, lock);
    removeDirectories(directories);
    throw error;
  }
}

function groupExists(volumeGroup: string): BlockboxError {
  return new BlockboxError(
    "NOT_OURS",
    `Volume group ${volumeGroup} exists on this host already and is left alone. Give lvm.volumeGroup another name.`,
  );
}
