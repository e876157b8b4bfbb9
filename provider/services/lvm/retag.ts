import type { Lock } from "../../host/lock.js";
import { lvm } from "./command.js";
import type { Group, LogicalVolume } from "./report.js";

export interface TagChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** Changes a volume's tags in one command, or none if there is nothing to change. A tag that is not there is no error. */
export async function retagVolume(
  { name: group }: Pick<Group, "name">,
  { name }: Pick<LogicalVolume, "name">,
  change: TagChange,
  lock: Lock,
): Promise<void> {
  const options = tagOptions(change);
  if (options.length > 0) await lvm(["lvchange", ...options, `${group}/${name}`], { lock });
}

/** As retagVolume, for a group. */
export async function retagGroup({ name }: Pick<Group, "name">, change: TagChange, lock: Lock): Promise<void> {
  const options = tagOptions(change);
  if (options.length > 0) await lvm(["vgchange", ...options, name], { lock });
}

/** As lvm's commands that make or change something take them. */
export function tagOptions({ add = [], remove = [] }: TagChange): string[] {
  return [...add.flatMap((tag) => ["--addtag", tag]), ...remove.flatMap((tag) => ["--deltag", tag])];
}
