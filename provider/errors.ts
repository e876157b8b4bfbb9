/** What each code means and what to do about it: the text of `docs/errors.md`, which `npm run schema` writes. */
export const errorCodes = {
  INPUT_REFUSED:
    "An input was refused where only the existing resource could tell, so not at check; or an argument of a function, or an id, is none. The message names it and what to change.",
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
    "A volume group, logical volume or volume type of that name exists but was not made by blockbox, or was renamed or untagged since. It is left alone.",
  NOT_HERE:
    "What the state names cannot be seen from here: another machine, another Cinder, a missing file, device or volume group. Absent is not gone, so the state is kept. Bring it back as the message says, or run where it lives.",
  NOT_FOUND:
    "There is nothing of that id or name, in a place that was seen to be whole: it was never there, or has been deleted.",
  NO_SPACE: "The pool or file system cannot hold what is asked. The message says how much there is.",
  UNFINISHED:
    "The volume's deletion has begun and its data may be cleared already. Run `pulumi destroy`, or remove it from the program, to finish.",
  HOST_UNFIT:
    "This host cannot do what is asked at all: another operating system, not root, no loop devices, no machine id, no iSCSI initiator name. The message says what is needed.",
  CONFIG_MISSING:
    "Nothing says where the block service is. The message shows the ways to say it: Pulumi's configuration, the environment, clouds.yaml.",
  CONFIG_INVALID:
    "A setting of the block service cannot be used: an endpoint that is none, an unknown cloud, contradicting or missing credentials. The message names the setting and where it came from.",
  AUTH_FAILED:
    "Keystone or the block service did not accept the credentials. Mend the setting that the message names; a project or a user may also lack a role there.",
  SERVICE_UNREACHABLE:
    "No connection to the block service (or Keystone), or no answer within `requestTimeout`. The message has the address and the system's own words. Nothing in the state changes.",
  SERVICE_UNFIT:
    "What answers at the endpoint is no Cinder that can be used: another service, a proxy's page, an answer of the wrong shape. Look at what the message quotes, and at the endpoint.",
  SERVICE_TOO_OLD: "The Cinder at the endpoint is older than Yoga (microversion 3.67). Use a newer one.",
  SERVICE_REFUSED:
    "The block service refused a request (4xx). Its own words stand in the message, and say what to change.",
  SERVICE_FAILED:
    "The block service failed at a request or an operation (5xx, a status of `error`, an answer cut short). Its logs have more under the request id in the message.",
  TIMED_OUT:
    "An operation of the block service, or a volume service that is waited for, did not end within `timeouts` or `operationTimeout`. It may still be under way: look at it there, then run again.",
  CANCELLED:
    "The update was interrupted (Ctrl-C) while it waited. What had begun may still be under way, and what is known of it is in the state: run again.",
  QUOTA_EXCEEDED:
    "The project's quota in the block service does not allow it. Raise the quota, or remove what is no longer needed.",
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

/** What a user is shown: the message with its code, no stack. What is no error of ours is a defect, and keeps its stack. */
export function userMessage(error: unknown): string {
  if (BlockboxError.is(error)) return `${error.message} [${error.code}]`;
  // The system's own words, with the path: EROFS, ENOSPC and the like.
  if (error instanceof Error && "syscall" in error) return `${error.message} [COMMAND_FAILED]`;
  if (error instanceof Error)
    return `This is a defect of pulumi-blockbox, please report it: ${error.stack ?? error.message}`;
  return `This is a defect of pulumi-blockbox, please report it: ${String(error)}`;
}
