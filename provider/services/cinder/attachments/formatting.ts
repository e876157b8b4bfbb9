import { mergeMetadata } from "../api/describe.js";
import type { CinderVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { isNotFound } from "../client/error.js";

/** Says on a volume that a mkfs of ours has begun and not ended, so that it may be begun again (rule 4). */
const key = "blockbox:formatting";

export function isFormatting({ metadata }: Pick<CinderVolume, "metadata">): boolean {
  return key in metadata;
}

export async function setFormatting(cinder: Cinder, volumeId: string, formatting: boolean): Promise<void> {
  try {
    if (formatting) await mergeMetadata(cinder.client, "volumes", volumeId, { [key]: "true" });
    else await cinder.client.delete(["volumes", volumeId, "metadata", key]);
  } catch (error) {
    if (formatting || !isNotFound(error)) throw error;
  } finally {
    cinder.volumes.wrote();
  }
}
