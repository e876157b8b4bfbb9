import type { Fields, Service, Values } from "../declaration/property.js";
import { validate } from "../declaration/validate.js";
import { BlockboxError } from "../errors.js";
import type { FunctionDeclaration } from "./declaration.js";

/** A question that a program asks, and whose answer no state keeps. */
export interface Asked {
  readonly declaration: FunctionDeclaration;
  /** Throws BlockboxError: INPUT_REFUSED for arguments that the declaration does not allow. */
  ask(args: Readonly<Record<string, unknown>>): Promise<object>;
}

/**
 * Joins a declaration with what answers it: arguments are checked, and what is absent is left out of the answer.
 * `serviceOf`: the service that arguments as given speak of, where they speak of one.
 */
export function functionOf<I extends Fields, O extends Fields>(
  declaration: FunctionDeclaration<I, O>,
  answer: (args: Values<I>) => Promise<Values<O>>,
  serviceOf: (args: Readonly<Record<string, unknown>>) => Service | undefined = () => undefined,
): Asked {
  return {
    declaration,
    async ask(args) {
      const scope = { olds: {}, autoName: "", service: serviceOf(args) };
      const { inputs, failures } = validate(declaration.inputs, args, scope);
      if (failures.length > 0) throw refused(declaration.name, failures);
      return JSON.parse(JSON.stringify(await answer(inputs as Values<I>))) as object;
    },
  };
}

function refused(name: string, failures: readonly { property: string; reason: string }[]): BlockboxError {
  const all = failures.map(({ property, reason }) => `argument ${property} has a problem: ${reason}`);
  return new BlockboxError("INPUT_REFUSED", `${name}: ${all.join("; ")}`);
}
