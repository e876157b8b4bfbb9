import { whenQuiet } from "../quiet.js";
import type { Kind } from "./api/describe.js";
import type { Cinder } from "./cinder.js";
import { isNotFound } from "./client/error.js";
import { markKey } from "./marks.js";

/** Takes the mark off in a quiet moment. */
export function unmarkWhenQuiet(cinder: Cinder, kind: Kind, id: string): void {
  whenQuiet(`mark of ${id}`, () =>
    cinder.inFlight.run(async () => {
      try {
        await cinder.client.delete([kind, id, "metadata", markKey]);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      } finally {
        cinder[kind].wrote();
      }
    }),
  );
}
