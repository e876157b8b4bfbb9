import { actOnVolume, type CinderVolume, getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { operationFailed } from "../outcome.js";
import type { VolumeWish } from "./wish.js";

/** Whether attachments may only read it: Cinder keeps that among its metadata. */
export function isReadOnly({ metadata }: CinderVolume): boolean {
  return metadata.readonly?.toLowerCase() === "true";
}

export function isBootable({ bootable }: CinderVolume): boolean {
  return bootable === "true";
}

/** Sets what a volume is marked as, where that differs; returns it as it is then. Throws if Cinder did not do it. */
export async function setFlags(
  { client, volumes }: Cinder,
  volume: CinderVolume,
  { bootable, readOnly }: Pick<VolumeWish, "bootable" | "readOnly">,
): Promise<CinderVolume> {
  const setsBootable = bootable !== undefined && bootable !== isBootable(volume);
  const setsReadOnly = readOnly !== isReadOnly(volume);
  if (!setsBootable && !setsReadOnly) return volume;
  if (setsBootable) await actOnVolume(client, volume.id, { "os-set_bootable": { bootable } });
  if (setsReadOnly) await actOnVolume(client, volume.id, { "os-update_readonly_flag": { readonly: readOnly } });
  volumes.wrote();
  const now = await getVolume(client, volume.id);
  if (isReadOnly(now) === readOnly && (bootable === undefined || isBootable(now) === bootable)) return now;
  throw await operationFailed(client, `Volume ${volume.name} (${volume.id}) did not take its flags`, now);
}
