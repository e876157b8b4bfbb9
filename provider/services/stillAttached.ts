import { BlockboxError } from "../errors.js";
import type { AttachedDevice } from "./service.js";

/** An attach failed, and so did undoing it: the device is still there. */
export class StillAttachedError extends BlockboxError {
  readonly device: AttachedDevice;

  constructor(cause: unknown, undoError: unknown, device: AttachedDevice) {
    const words = (error: unknown) => (error instanceof Error ? error.message : String(error));
    super(
      BlockboxError.is(cause) ? cause.code : "COMMAND_FAILED",
      `${words(cause)} Undoing it failed too, so ${device.devicePath} is still attached: ${words(undoError)}`,
      { cause },
    );
    this.device = device;
  }
}
