import { gibBytes } from "../geometry.js";
import type { LogicalVolume } from "../report.js";
import { valueIn } from "../tagText.js";

const ofFamily = "blockbox.of";
const sizeFamily = "blockbox.size";
const copyFamily = "blockbox.forcopy";

/** What a snapshot's tags say of the volume that it was taken of, which it may outlive. */
export interface Taken {
  /** Name of that volume's logical volume. */
  readonly of: string;
  /** Of the volume when it was taken, in GiB: a thick snapshot's own size is the room for what changes. */
  readonly sizeGib: number;
}

export function takenTags({ of, sizeGib }: Taken): string[] {
  return [`${ofFamily}=${of}`, `${sizeFamily}=${sizeGib}`];
}

/** What the tags say, or lvm where they do not: an origin as long as it exists, the size of a thin snapshot. */
export function takenOf({ tags, origin, sizeBytes }: LogicalVolume): { of: string | undefined; sizeGib: number } {
  const size = Number(valueIn(sizeFamily, tags));
  return {
    of: valueIn(ofFamily, tags) ?? (origin === "" ? undefined : origin),
    sizeGib: Number.isInteger(size) && size >= 1 ? size : Math.floor(sizeBytes / gibBytes),
  };
}

/** On a snapshot that is there only until a volume has been copied from it: the copy's logical volume. */
export function forCopyTag(copy: string): string {
  return `${copyFamily}=${copy}`;
}

export function isForCopy({ tags }: LogicalVolume): boolean {
  return valueIn(copyFamily, tags) !== undefined;
}
