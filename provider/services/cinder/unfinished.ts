import { BlockboxError } from "../../errors.js";

/** A create or change that failed, but not without a trace: the thing with that id is there, and not as wanted. */
export class UnfinishedError extends BlockboxError {
  readonly thing: string;

  constructor(cause: BlockboxError, thing: string) {
    super(cause.code, cause.message, { cause });
    this.thing = thing;
  }
}
