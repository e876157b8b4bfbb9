import { BlockboxError } from "../../errors.js";
import { clearRange } from "../../host/clear.js";
import type { Lock } from "../../host/lock.js";
import { detachLoop, loopsOverRange } from "../../host/loop.js";
import { foldersBetween, mountsOf, removeDirectories, unmount } from "../../host/mounts.js";
import { deviceUsers } from "../../host/users.js";
import { isAbandoned } from "../claims.js";
import type { Location } from "../service.js";
import { changeGroup, holdVolume } from "./change.js";
import { lvm } from "./command.js";
import { type ByteRange, rangeOfVolume } from "./extents.js";
import { parseGroupTags } from "./groupTags.js";
import { locateVolume } from "./locate.js";
import { forgetMarks } from "./marking.js";
import { type Group, type LogicalVolume, readGroups } from "./report.js";
import { deletingTag, parseTags } from "./tags.js";

interface Parts {
  readonly volumeGroup: string;
  readonly lv: string;
}

/**
 * Deletes a volume that state records: success too if it is proven gone, or was handed over to another owner. `stack`
 * is the asker's: an Attachment that a killed create of the same stack left half made is let go of first.
 */
export async function removeVolume(parts: Parts, stack: string, location: Location): Promise<void> {
  const purpose = `deleting volume ${parts.lv}`;
  await holdVolume(parts.lv, purpose, () =>
    changeGroup(parts.volumeGroup, purpose, async (lock) => {
      const found = locateVolume(await readGroups({ lock }), parts, location);
      if (typeof found === "string") return;
      await clearAndRemove(found.group, found.lv, stack, lock);
    }),
  );
}

/** Under the group's lock. lvm itself cannot see who uses a volume without device-mapper: we look. */
export async function clearAndRemove(group: Group, lv: LogicalVolume, stack: string, lock: Lock): Promise<void> {
  const range = rangeOfVolume(group, lv);
  const { attachmentMark, deleting } = parseTags(lv.tags);
  if (attachmentMark && attachmentMark.stack === stack && isAbandoned(attachmentMark)) await letGo(lv, range, lock);
  await refuseUsed(group, lv, range);
  const { volumeClear, sparse } = parseGroupTags(group.tags);
  const name = `${group.name}/${lv.name}`;
  if (!deleting) await lvm(["lvchange", "--addtag", deletingTag, name], { lock });
  if (volumeClear === "zero") await clearRange(range.device, range.offsetBytes, range.lengthBytes, { sparse, lock });
  await lvm(["lvremove", name], { lock });
  forgetMarks(group.name, lv.name);
}

/** What a killed create of an Attachment left: state never knew of it, so no delete of it will come. */
export async function letGo(
  { tags }: LogicalVolume,
  { device, offsetBytes, lengthBytes }: ByteRange,
  lock: Lock,
): Promise<void> {
  const { madeDirectory } = parseTags(tags);
  for (const loop of loopsOverRange(device, offsetBytes, lengthBytes)) {
    for (const { path } of mountsOf(loop.path)) {
      await unmount(path, lock);
      if (madeDirectory !== undefined) removeDirectories(foldersBetween(madeDirectory, path));
    }
    await detachLoop(loop.path, lock);
  }
}

async function refuseUsed(group: Group, lv: LogicalVolume, range: ByteRange): Promise<void> {
  const loops = loopsOverRange(range.device, range.offsetBytes, range.lengthBytes);
  if (loops.length === 0) return;
  const uses = loops.flatMap(({ path }) => [`attached as ${path}`, ...deviceUsers(path)]);
  throw new BlockboxError(
    "IN_USE",
    `Volume ${group.name}/${lv.name} is still ${uses.join(", ")}. Delete its Attachment first, or let go of it (umount, then \`losetup -d ${loops[0]?.path}\`).`,
  );
}
