import * as pulumi from "@pulumi/pulumi";

/**
 * Asks a function of the core, which is loaded with the first question: most programs ask none. Whoever does not catch
 * an error is shown its message alone.
 */
export async function ask<Answer>(name: string, args: object = {}): Promise<Answer> {
  const { askWith } = await import("../../provider/functions/index.js");
  try {
    return (await askWith(setting, name, { ...args })) as Answer;
  } catch (error) {
    throw forPrograms(error);
  }
}

/** Always the same function: what was read of a configuration is kept as long as it is. */
function setting(key: string): string | undefined {
  return new pulumi.Config("blockbox").get(key);
}

/** As the provider's errors read: with its code, and without the stack that Pulumi shows of any but its own RunErrors. */
function forPrograms(error: unknown): unknown {
  if (!(error instanceof Error && error.name === "BlockboxError" && "code" in error)) return error;
  const code = ` [${error.code}]`;
  // Who asks at the same time may be given the same error.
  if (!error.message.endsWith(code)) error.message += code;
  return Object.defineProperty(error, "__pulumiRunError", { value: true });
}
