import { whenQuiet } from "../quiet.js";
import type { Kind } from "./api/describe.js";
import type { Cinder } from "./cinder.js";
import { isNotFound } from "./client/error.js";
import { markKey, sourceKey } from "./marks.js";

interface Marked {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Takes the mark off in a quiet moment, and what stands beside it. What has none is left alone. */
export function unmarkWhenQuiet(cinder: Cinder, kind: Kind, { id, metadata }: Marked): void {
  // The mark goes first: without it nothing is taken for left behind, and with it the rest has to be there.
  const keys = [markKey, sourceKey].filter((key) => key in metadata);
  if (keys.length === 0) return;
  whenQuiet(`mark of ${id}`, () =>
    cinder.inFlight.run(async () => {
      for (const key of keys) await removeKey(cinder, kind, id, key);
    }),
  );
}

async function removeKey(cinder: Cinder, kind: Kind, id: string, key: string): Promise<void> {
  try {
    await cinder.client.delete([kind, id, "metadata", key]);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  } finally {
    cinder[kind].wrote();
  }
}
