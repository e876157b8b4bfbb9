import { Failure } from "./failure.mjs";

/**
 * An option's value.
 * @param {string} name of the option
 * @param {string} text
 */
export function wholeNumber(name, text) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Failure(`--${name} is a whole number from 1.`);
  return number;
}
