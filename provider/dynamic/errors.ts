import { plainValues } from "../declaration/plain.js";
import { PartlyMadeError, userMessage } from "../errors.js";

/**
 * An error as Pulumi's process shows it best: it shows the message with the resource, and prints
 * `${error}: ${error.stack}` on the stack besides. It must have no `id`, else the resource counts as created.
 */
class MessageError extends Error {
  constructor(message: string) {
    super(message);
    this.stack = "the error stands with its resource";
  }

  override toString(): string {
    return "blockbox";
  }
}

/** What Pulumi takes for a resource that was created but needs more work; of its texts only `reasons` are shown. */
class InitializationError extends MessageError {
  readonly id: string;
  readonly reasons: string[];
  readonly properties: Record<string, unknown>;

  constructor(message: string, id: string, properties: Record<string, unknown>) {
    super(message);
    this.id = id;
    this.reasons = [message];
    this.properties = properties;
  }
}

/** For a user: the message with its code, no stack. Anything that is no error of ours is a defect, and keeps its stack as text. */
export function plainError(error: unknown): Error {
  return new MessageError(userMessage(error));
}

/**
 * As plainError; a thing that was made in part keeps its id. `inputs` hold `__provider`, without which such a resource
 * could not even be destroyed.
 */
export function engineError(inputs: Record<string, unknown>): (error: unknown) => Error {
  return (error) => {
    if (!(error instanceof PartlyMadeError)) return plainError(error);
    const { resourceId, outputs } = error.partial;
    return new InitializationError(userMessage(error), resourceId, plainValues({ ...inputs, ...outputs }));
  };
}
