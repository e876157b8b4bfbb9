import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { BlockboxError } from "../../errors.js";
import type { Lock } from "../../host/lock.js";
import { findLoopDevice } from "../../host/loop.js";
import { makeDirectories, removeDirectories } from "../../host/mounts.js";
import { claimOf, isNamed } from "../claims.js";
import type { BackendFacts, BackendWish, Identity } from "../service.js";
import { changeGroup } from "./change.js";
import { lvm } from "./command.js";
import { extentSizeBytes, pvcreateArguments } from "./geometry.js";
import { groupFacts } from "./groupFacts.js";
import { groupTags } from "./groupTags.js";
import { backendId } from "./ids.js";
import { locateGroup } from "./locate.js";
import { discardFile, fileExists, makeLoopFile, publishLoopFile, workingPath } from "./loopFile.js";
import { newMark, unmarkWhenQuiet } from "./marking.js";
import { type Group, readGroups } from "./report.js";
import { markTag, parseTags } from "./tags.js";

/**
 * Makes a volume group on a new file behind a loop device. The file gets its name last. What a killed create of the
 * same identity left is thrown away first: an empty group that no state knows of.
 */
export async function makeGroup(identity: Identity, wish: BackendWish): Promise<BackendFacts> {
  return changeGroup(wish.volumeGroup, `creating volume group ${wish.volumeGroup}`, async (lock) => {
    const left = (await readGroups({ lock })).find(({ name }) => name === wish.volumeGroup);
    if (left) await discardGroup(left, identity, lock);
    if (existsSync(wish.loopFile.path)) throw fileExists(wish.loopFile.path);
    const directories = await build(identity, wish, lock);
    const group = locateGroup(await readGroups({ lock }), wish.volumeGroup);
    for (const tag of marksOf(group)) unmarkWhenQuiet(group.name, "", tag);
    return groupFacts(group, directories);
  });
}

/** Whether a group of the wanted name is one that a create of this identity, now dead, has made. */
export function isLeftBehind(group: Group, identity: Identity): boolean {
  const { ours, mark } = parseTags(group.tags);
  return ours && claimOf(mark, identity) === "leftBehind" && !isNamed("Backend", backendId(group.name));
}

async function discardGroup(left: Group, identity: Identity, lock: Lock): Promise<void> {
  if (!isLeftBehind(left, identity) || left.lvs.length > 0) throw groupExists(left.name);
  const files = left.pvs.map(({ device }) => findLoopDevice(device)?.backing);
  await lvm(["vgremove", left.name], { lock });
  for (const file of files) if (file !== undefined) await discardFile(file, lock);
}

async function build(identity: Identity, wish: BackendWish, lock: Lock): Promise<string[]> {
  const { loopFile, volumeGroup } = wish;
  const owner = identity.digest.slice(0, 12);
  const directories = makeDirectories(dirname(loopFile.path));
  const working = workingPath(loopFile.path, owner, "new");
  try {
    const loop = await makeLoopFile(loopFile, owner, lock);
    await lvm(["pvcreate", ...pvcreateArguments, loop.path], { lock });
    const tags = [...groupTags({ ...wish, sparse: loopFile.sparse }), markTag(newMark(identity))].flatMap((tag) => [
      "--addtag",
      tag,
    ]);
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

function marksOf({ tags }: Group): string[] {
  return tags.filter((tag) => tag.startsWith("blockbox.mark="));
}
