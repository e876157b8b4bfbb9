import { createHash } from "node:crypto";
import { BlockboxError } from "../../../errors.js";
import { actOnVolume, type CinderVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { sourceKey } from "../marks.js";
import { removeVolume } from "./removeVolume.js";
import type { VolumeWish } from "./wish.js";

type Adopt = NonNullable<VolumeWish["adopt"]>;
type WithMetadata = Pick<CinderVolume, "metadata">;

export function sourceEntry({ serviceHost, sourceName }: Adopt): Record<string, string> {
  const digest = createHash("sha256").update(`${serviceHost}\n${sourceName}`).digest("hex");
  return { [sourceKey]: digest.slice(0, 32) };
}

export function isAdoptionOf({ metadata }: WithMetadata, adopt: Adopt | undefined): boolean {
  return metadata[sourceKey] === (adopt && sourceEntry(adopt)[sourceKey]);
}

/** Takes away what a create left: a volume that was made is deleted, one that was taken over is let go of. */
export async function removeLeft(cinder: Cinder, left: CinderVolume, stack: string, limitMs: number): Promise<void> {
  if (sourceKey in left.metadata) await letGo(cinder, left.id, limitMs);
  else await removeVolume(cinder, left.id, { cascade: false, limitMs, isUnfinished: true, stack });
}

/** Has Cinder forget a volume; what it holds stays on its backend. */
export async function letGo(cinder: Cinder, id: string, limitMs: number): Promise<void> {
  const volume = await atRest(cinder, id, limitMs);
  if (volume === undefined) return;
  // Nothing on the backend is its own yet, and Cinder only deletes its record.
  if (volume.status === "error_managing") {
    await removeVolume(cinder, id, { cascade: false, limitMs, isUnfinished: false, stack: "" });
    return;
  }
  await actOnVolume(cinder.client, id, { "os-unmanage": {} });
  const end = await cinder.volumeWaits.until(id, limitMs, (seen) =>
    seen === "gone" || !/^(unmanaging|deleting)$/.test(seen.status) ? seen : undefined,
  );
  cinder.volumes.wrote();
  if (end === "gone") return;
  const status = end === "late" ? "still being let go of" : `of status ${end.status}`;
  throw new BlockboxError(
    "SERVICE_FAILED",
    `Volume ${id}, which was to be taken over, is ${status} after Cinder was asked to let go of it (\`cinder unmanage ${id}\`). Its data are on its backend. Mend the cause, then run again.`,
  );
}

async function atRest(cinder: Cinder, id: string, limitMs: number): Promise<CinderVolume | undefined> {
  const end = await cinder.volumeWaits.until(id, limitMs, (seen) =>
    seen === "gone" || !/^(creating|managing)$/.test(seen.status) ? seen : undefined,
  );
  if (end === "gone") return undefined;
  if (end !== "late") return end;
  const now = await cinder.volumeWaits.now(id);
  return now === "gone" ? undefined : now;
}
