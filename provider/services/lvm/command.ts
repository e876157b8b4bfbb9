import { existsSync } from "node:fs";
import { type CommandResult, type RunOptions, run } from "../../host/command.js";

/**
 * Run one lvm command in loop activation: lvm does not touch device-mapper, its metadata is real.
 * `args` begins with the subcommand. Errors as of `run`, without tags: they hold descriptions and metadata.
 */
export function lvm(args: readonly [string, ...string[]], options: RunOptions = {}): Promise<CommandResult> {
  const all = [...args, ...answer(args[0]), "--driverloaded", "n", "--config", config()];
  const isTagOption = (arg: string | undefined) => arg === "--addtag" || arg === "--deltag";
  const shownArgs = args.filter((arg, at) => !isTagOption(arg) && !isTagOption(args[at - 1]));
  return run("lvm", all, { ...options, shownArgs });
}

/**
 * What removes is never told "yes": lvm would take along the volumes of a group, or the snapshots of a volume. Asked,
 * it reads the end of its input and does nothing.
 */
function answer(subcommand: string): string[] {
  return subcommand.endsWith("remove") ? [] : ["--yes"];
}

function config(): string {
  // lvm archives the group's whole text at each change and keeps it for 30 days: too much for groups with many volumes.
  const backup = "backup{archive=0}";
  // Without a running udevd lvm would wait for it.
  return existsSync("/run/udev/control") ? backup : `${backup} activation{udev_sync=0 udev_rules=0}`;
}
