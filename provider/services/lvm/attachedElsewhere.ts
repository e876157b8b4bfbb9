import { BlockboxError } from "../../errors.js";
import { deviceUsers } from "../../host/users.js";
import type { Group, LogicalVolume } from "./report.js";

/** The refusal to attach a volume again, or to delete it: with all that has it, and how to let go. */
export function attachedElsewhere(
  group: Pick<Group, "name">,
  lv: Pick<LogicalVolume, "name">,
  devices: readonly { readonly path: string }[],
): BlockboxError {
  const uses = devices.flatMap(({ path }) => [`attached as ${path}`, ...deviceUsers(path)]);
  const path = devices[0]?.path ?? "";
  const command = path.startsWith("/dev/loop") ? `losetup -d ${path}` : `lvchange -an ${group.name}/${lv.name}`;
  return new BlockboxError(
    "IN_USE",
    `Volume ${group.name}/${lv.name} is in use: ${uses.join(", ")}. An LVM volume has one attachment: delete that first, ` +
      `or let go of it (umount, then \`${command}\`).`,
  );
}
