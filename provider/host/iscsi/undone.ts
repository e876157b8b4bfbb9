import { BlockboxError } from "../../errors.js";

/** An error as it is thrown once what was begun has been undone; if that fails too, it says both. */
export async function undone(cause: unknown, undo: () => Promise<unknown>): Promise<unknown> {
  try {
    await undo();
    return cause;
  } catch (undoError) {
    const code = BlockboxError.is(cause) ? cause.code : "COMMAND_FAILED";
    return new BlockboxError(code, `${words(cause)} Undoing what was begun failed too: ${words(undoError)}`, { cause });
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
