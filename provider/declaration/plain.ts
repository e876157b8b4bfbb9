/**
 * Values that survive the way to the engine. Absent properties are left out: an `undefined`, at any depth, makes the
 * reply fail after the thing was made.
 */
export function plainValues<T extends Record<string, unknown>>(values: T): T {
  return JSON.parse(JSON.stringify(values)) as T;
}
