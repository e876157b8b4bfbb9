import { type Kind, mergeMetadata } from "./api/describe.js";
import type { CinderClient } from "./client/client.js";
import { isNotFound } from "./client/error.js";

type Metadata = Readonly<Record<string, string>>;

/** Keys that Cinder shows among a volume's metadata, though nobody gave them. */
const serverKeys = new Set(["readonly", "attached_mode"]);

/** Keys that no program may give: Cinder's own, and ours. */
export function isReservedKey(key: string): boolean {
  return serverKeys.has(key) || key.startsWith("blockbox:");
}

/**
 * What of a thing's metadata is ours: the keys that state records, as they are now; with nothing recorded, all that
 * are not the service's or our own marks. Keys that others added are none of our business.
 */
export function ownMetadata(now: Metadata, recorded: Metadata | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(now).filter(([key]) => !isReservedKey(key) && (recorded === undefined || key in recorded)),
  );
}

/** Brings the keys of old and new to what is wanted, and leaves all others alone. */
export async function changeMetadata(
  client: CinderClient,
  kind: Kind,
  id: string,
  now: Metadata,
  olds: Metadata,
  news: Metadata,
): Promise<void> {
  const changed = Object.entries(news).filter(([key, value]) => now[key] !== value);
  if (changed.length > 0) await mergeMetadata(client, kind, id, Object.fromEntries(changed));
  for (const key of Object.keys(olds)) {
    if (key in news || !(key in now)) continue;
    try {
      await client.delete([kind, id, "metadata", key]);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
