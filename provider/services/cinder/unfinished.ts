import { BlockboxError } from "../../errors.js";

/** A create or change that failed, but not without a trace: the thing with that id is there, and not as wanted. */
export class UnfinishedError extends BlockboxError {
  readonly thing: string;

  constructor(cause: BlockboxError, thing: string) {
    super(cause.code, cause.message, { cause });
    this.thing = thing;
  }
}

/** A create that failed, and of which nothing is left. */
export class NothingLeftError extends BlockboxError {
  constructor(cause: BlockboxError) {
    super(cause.code, `${cause.message} Nothing of it is left: mend the cause, then run again.`, { cause });
  }
}

/** A create that failed, and whose remains could not be removed. */
export function somethingLeft(cause: BlockboxError, why: BlockboxError, thing: string): UnfinishedError {
  const message = `${cause.message} What is left of it could not be removed, and stays in the state: ${why.message} Run again, or destroy.`;
  return new UnfinishedError(new BlockboxError(cause.code, message, { cause }), thing);
}
