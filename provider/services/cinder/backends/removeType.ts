import { BlockboxError } from "../../../errors.js";
import { isDead, isNamed } from "../../claims.js";
import { getType, type VolumeType } from "../api/types.js";
import { type CinderVolume, listVolumes } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { CinderError, isNotFound } from "../client/error.js";
import { markKey, markOf } from "../marks.js";
import { removeLeft } from "../volumes/adoption.js";

/** The volumes of a type, of every project that we may see. */
export async function volumesOf({ client }: Cinder, { id, name }: VolumeType): Promise<CinderVolume[]> {
  const volumes = await listVolumes(client, { all_tenants: 1 });
  return volumes.filter(
    ({ volume_type, volume_type_id }) => (volume_type_id ?? volume_type) === (volume_type_id ? id : name),
  );
}

/**
 * Deletes a type that this provider made. What a killed create of the same stack left in it goes first: no state knows
 * of that. Any other volume is in the way, and named.
 */
export async function removeType(cinder: Cinder, type: VolumeType, stack: string, limitMs: number): Promise<void> {
  if (type.extra_specs !== undefined && !(markKey in type.extra_specs)) {
    throw new BlockboxError(
      "NOT_OURS",
      `Volume type ${type.name} does not carry the mark of this provider (extra spec ${markKey}) any more, and is left alone. Delete it by hand, then \`pulumi state delete\` this Backend; or set \`adopt: true\`.`,
    );
  }
  const held: CinderVolume[] = [];
  for (const volume of await volumesOf(cinder, type)) {
    const mark = markOf(volume);
    const isLeft =
      mark?.stack === stack && isDead(mark) && volume.attachments.length === 0 && !isNamed("Volume", volume.id);
    if (isLeft) await cinder.inFlight.run(() => removeLeft(cinder, volume, stack, limitMs));
    else held.push(volume);
  }
  if (held.length > 0) throw stillUsed(type, held);
  try {
    await cinder.client.delete(["types", type.id]);
  } catch (error) {
    if (!isNotFound(error) && !(await isGoneAfter(cinder, type, error))) throw error;
  } finally {
    cinder.types.forget();
  }
}

/** Whether a delete whose answer was lost was done. */
async function isGoneAfter({ client }: Cinder, { id }: VolumeType, error: unknown): Promise<boolean> {
  if (!(error instanceof CinderError) || !error.mayHaveHappened) return false;
  return getType(client, id).then(() => false, isNotFound);
}

const listed = 10;

function stillUsed({ name }: VolumeType, volumes: readonly CinderVolume[]): BlockboxError {
  const names = volumes.slice(0, listed).map((volume) => `${volume.name ?? ""} (${volume.id})`);
  const more = volumes.length > listed ? `, and ${volumes.length - listed} more` : "";
  return new BlockboxError(
    "IN_USE",
    `Volume type ${name} is used by ${volumes.length} volume${volumes.length === 1 ? "" : "s"}: ${names.join(", ")}${more}. Delete them or give them another type, then run again.`,
  );
}
