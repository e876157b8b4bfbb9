import { refusal } from "../resource.js";
import type { AttachmentInputs } from "./declaration.js";

interface Sized {
  readonly sizeBytes: number;
}

/** A device shows its whole volume; one smaller than asked for means that the volume did not grow. */
export function requireSize({ size, volume }: Pick<AttachmentInputs, "size" | "volume">, device: Sized): void {
  const gib = gibOf(device);
  if (size !== undefined && gib < size)
    throw refusal("size", `volume ${volume} has ${gib} GiB: grow it first, or ask for at most that`);
}

export function gibOf({ sizeBytes }: Sized): number {
  return Math.floor(sizeBytes / 2 ** 30);
}
