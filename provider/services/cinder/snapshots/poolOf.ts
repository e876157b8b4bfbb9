import { getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";

/** The pool that serves a snapshot: its volume's. Nothing where that cannot be told. */
export async function poolOf({ client }: Cinder, volumeId: string | undefined): Promise<string | null | undefined> {
  if (volumeId === undefined) return undefined;
  try {
    return (await getVolume(client, volumeId))["os-vol-host-attr:host"];
  } catch (error) {
    if (error instanceof CinderError) return undefined;
    throw error;
  }
}
