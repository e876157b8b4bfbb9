import { BlockboxError } from "../../errors.js";
import { deviceUsers } from "../../host/users.js";
import type { Group, LogicalVolume } from "./report.js";

type Devices = readonly { readonly path: string }[];

/** The refusal to attach a volume again, or to delete it: with all that has it, and how to let go. */
export function attachedElsewhere(
  group: Pick<Group, "name">,
  lv: Pick<LogicalVolume, "name">,
  devices: Devices,
): BlockboxError {
  const { uses, command } = devicesInUse(group, lv, devices);
  return new BlockboxError(
    "IN_USE",
    `Volume ${group.name}/${lv.name} is in use: ${uses}. An LVM volume has one attachment: delete that first, ` +
      `or let go of it (umount, then \`${command}\`).`,
  );
}

/** All that has an attached volume, in words, and the command that takes its devices away. */
export function devicesInUse(
  group: Pick<Group, "name">,
  lv: Pick<LogicalVolume, "name">,
  devices: Devices,
): { readonly uses: string; readonly command: string } {
  const uses = devices.flatMap(({ path }) => [`attached as ${path}`, ...deviceUsers(path)]);
  const loops = devices.map(({ path }) => path).filter((path) => path.startsWith("/dev/loop"));
  const command = loops.length > 0 ? `losetup -d ${loops.join(" ")}` : `lvchange -an ${group.name}/${lv.name}`;
  return { uses: uses.join(", "), command };
}
