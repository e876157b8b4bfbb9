import type { Cinder } from "../services/cinder/cinder.js";
import type { CommonInputs } from "./common.js";

/** How long each operation may take, in ms: as the resource says, or as configured. */
export function limitsOf({ timeouts }: CommonInputs, { client }: Cinder) {
  const ms = (seconds: number | undefined) => (seconds === undefined ? client.operationTimeoutMs : seconds * 1_000);
  return { createMs: ms(timeouts?.create), updateMs: ms(timeouts?.update), deleteMs: ms(timeouts?.delete) };
}
