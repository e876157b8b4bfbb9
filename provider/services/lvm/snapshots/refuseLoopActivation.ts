import { BlockboxError } from "../../../errors.js";
import { parseGroupTags } from "../groupTags.js";
import type { Group } from "../report.js";

/** Why a group has no snapshots or copies, if so; `activation`: as a Backend of the program will have it, if one will. */
export function loopReason(
  { name, tags }: Pick<Group, "name" | "tags">,
  activation = parseGroupTags(tags).activation,
): string | undefined {
  if (activation === "deviceMapper") return undefined;
  return `needs device-mapper, and volume group ${name} is activated by loop devices: on a kernel that has device-mapper, set lvm.activation of its Backend to "deviceMapper"`;
}

/** Throws INPUT_REFUSED. `what` would be made. */
export function refuseLoopActivation(what: string, ...group: Parameters<typeof loopReason>): void {
  const reason = loopReason(...group);
  if (reason !== undefined) throw new BlockboxError("INPUT_REFUSED", `${what} ${reason}.`);
}
