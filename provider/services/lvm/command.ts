import { existsSync } from "node:fs";
import { BlockboxError } from "../../errors.js";
import { type CommandResult, type RunOptions, run } from "../../host/command.js";
import { awaitedLock } from "../../host/fileLocks.js";
import { notice } from "../../host/notice.js";

export interface LvmOptions extends RunOptions {
  /** Whether lvm may and shall use device-mapper. Without it, metadata are changed and nothing else: they are real. */
  readonly deviceMapper?: boolean;
  /** Settings of lvm.conf for this command alone. */
  readonly settings?: readonly string[];
}

/** Where lvm keeps its own locks, of groups and of the whole host. */
const lockFolder = "/run/lock/lvm";

/** How long lvm may wait for a lock of its own before that is said, in ms. */
const quietMs = 2_000;

/**
 * Run one lvm command. `args` begins with the subcommand. Errors as of `run`, without tags: they hold descriptions and
 * metadata. Waits, as lvm does, while another lvm command holds the group, and says so. Throws LOCK_HELD, naming the
 * holder, when that was in vain.
 */
export async function lvm(args: readonly [string, ...string[]], options: LvmOptions = {}): Promise<CommandResult> {
  const driver = options.deviceMapper ? [] : ["--driverloaded", "n"];
  const all = [...args, ...answer(args[0]), ...driver, "--config", config(options.settings)];
  const isTagOption = (arg: string | undefined) => arg === "--addtag" || arg === "--deltag";
  const shownArgs = args.filter((arg, at) => !isTagOption(arg) && !isTagOption(args[at - 1]));
  let awaited: string | undefined;
  const watch = setInterval(() => {
    const lock = awaitedLock(lockFolder);
    const words = lock && `lvm's lock ${lock.file}, held by ${lock.holder}`;
    if (words !== undefined && words !== awaited) notice(`waiting for ${words}`);
    awaited = words;
  }, quietMs);
  try {
    return await run("lvm", all, { ...options, shownArgs });
  } catch (error) {
    if (!BlockboxError.is(error) || error.code !== "COMMAND_STALLED" || awaited === undefined) throw error;
    throw new BlockboxError(
      "LOCK_HELD",
      `\`lvm ${args[0]}\` waited in vain for ${awaited}. Nothing was changed by it. Wait for that to end, then run again.`,
      { cause: error },
    );
  } finally {
    clearInterval(watch);
  }
}

/**
 * What removes is never told "yes": lvm would take along the volumes of a group, or the snapshots of a volume. Asked,
 * it reads the end of its input and does nothing.
 */
function answer(subcommand: string): string[] {
  return subcommand.endsWith("remove") ? [] : ["--yes"];
}

function config(settings: readonly string[] = []): string {
  return [
    ...settings,
    // lvm archives the group's whole text at each change and keeps it for 30 days: too much for groups with many volumes.
    "backup/archive=0",
    // Reports as they are read here, whatever this host's lvm.conf says.
    'report/time_format="%s"',
    "report/binary_values_as_numeric=0",
    "report/mark_hidden_devices=1",
    // A pool that is full gives its writers errors at once: lvm's own default has them wait for a minute first.
    "activation/error_when_full=1",
    // No pool is grown unasked.
    "activation/monitoring=0",
    // Without a running udevd lvm would wait for it.
    ...(existsSync("/run/udev/control") ? [] : ["activation/udev_sync=0", "activation/udev_rules=0"]),
  ].join(" ");
}
