import type { Identity } from "../../service.js";

/** The extents that thick snapshots of this deployment will take, by identity: set, never added, since a check may come twice. */
const planned = new Map<string, { readonly volumeGroup: string; readonly extents: number }>();

export function planSnapshot({ digest }: Identity, volumeGroup: string, extents: number): void {
  planned.set(digest, { volumeGroup, extents });
}

/** The snapshot is there as planned, or will not come. */
export function settleSnapshot({ digest }: Identity): void {
  planned.delete(digest);
}

/** What the other snapshots still to be taken in a group will need. */
export function plannedExtents(volumeGroup: string, { digest }: Identity): number {
  return [...planned]
    .filter(([identity, one]) => identity !== digest && one.volumeGroup === volumeGroup)
    .reduce((sum, [, { extents }]) => sum + extents, 0);
}
