/** What each code means and what to do about it: the text of `docs/errors.md`, which `npm run schema` writes. */
export const errorCodes = {
  INPUT_REFUSED:
    "An input was refused where only the existing resource could tell, so not at check. The message names the property and what to change.",
  TOOL_MISSING:
    "This host lacks a program that the provider runs. Install the package that the message names; the provider installs nothing by itself.",
  COMMAND_FAILED:
    "A command on this host failed. The message carries the command's own words; mend what they say and run `pulumi up` again.",
  COMMAND_STALLED:
    "A command made no progress, or outlasted its limit, and was ended. Look at the device that it worked on (`dmesg`), then run again.",
  LOCK_HELD:
    "Another process is changing the same volume group or volume and did not end in time. The message names it; wait for it, then run again.",
  CREATOR_ALIVE:
    "Another process that still runs has begun to create this same resource. Wait for it to end (or end it), then run again.",
  NOT_BLANK:
    'A device was to be formatted, but it is not proven blank. Nothing was written. Use `format: "never"` to mount what is there, or another volume.',
  IN_USE:
    "Something still uses the volume, device or mount point. The message lists what; let go of it, then run again.",
  NOT_OURS:
    "A volume group or logical volume of that name exists but was not made by blockbox, or was renamed or untagged since. It is left alone.",
  NOT_HERE:
    "What the state names cannot be seen from this host: another machine, a missing file, device or volume group. Absent is not gone, so the state is kept. Bring it back as the message says, or run where it lives.",
  NOT_FOUND: "There is nothing of that id here, though its volume group is complete.",
  NO_SPACE: "The pool or file system cannot hold what is asked. The message says how much there is.",
  UNFINISHED:
    "The volume's deletion has begun and its data may be cleared already. Run `pulumi destroy`, or remove it from the program, to finish.",
  HOST_UNFIT:
    "This host cannot do what is asked at all: another operating system, not root, no loop devices, no machine id. The message says what is needed.",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Shared by every copy of this package in a process, so that errors of one copy are known to the other. */
const brand = Symbol.for("pulumi-blockbox.error");

/**
 * An error that a user can act on: what failed, on what, why in the words of the service or command, and what to do.
 * It never has an `id`: Pulumi takes any error with one for a resource that was created.
 */
export class BlockboxError extends Error {
  override readonly name = "BlockboxError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(value: unknown): value is BlockboxError {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/**
 * A create that failed, and could not be undone either: what is there keeps its id, so that the next update or delete
 * deals with it (rule 2).
 */
export class PartlyMadeError extends BlockboxError {
  readonly partial: { readonly resourceId: string; readonly outputs: Record<string, unknown> };

  constructor(cause: BlockboxError, partial: PartlyMadeError["partial"]) {
    super(cause.code, cause.message, { cause });
    this.partial = partial;
  }
}
