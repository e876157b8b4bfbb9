/** Something that the user can act on: shown as it is, without a stack. */
export class Failure extends Error {}

/**
 * A Failure in its own words; anything else is a bug and shows its stack.
 * @param {unknown} error
 */
export function explain(error) {
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? String(error.stack) : String(error);
}

/**
 * The whole of a command of ours.
 * @param {() => Promise<number | void>} main returns the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}
