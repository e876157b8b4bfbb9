import type { Bed } from "../../support/bed.js";
import type { Program } from "../../support/deployment.js";

/** One bad program: what is wrong with it, which property says so, and what its user is told. */
export interface BadInput {
  readonly name: string;
  /** What the program has instead of, or beside, what exists. */
  readonly program: (bed: Bed) => Program;
  readonly property: RegExp;
  readonly says: RegExp;
  /** Whether only the existing resource can tell: then diff throws. */
  readonly byDiff?: boolean;
  /** Whether it counts on what else this preview plans. */
  readonly plans?: boolean;
}

/** What exists before every case: 3 of 5 GiB are taken, one volume is mounted. */
export const existing = (bed: Bed): Program => [
  bed.backend({ size: 6 }),
  bed.volume("data", { size: 2 }),
  bed.volume("spare", { size: 1 }),
  // Otherwise ext4 goes on writing to its inode tables for a while, and the loop file grows by itself.
  bed.attachment("disk", "data", { mount: { path: bed.path("disk"), options: ["noinit_itable"] } }),
];

export const path = (dotted: string) => new RegExp(`^${dotted.replaceAll(".", "\\.")}$`);
export const wholeGib = /whole number of GiB/;
export const onlyCinder = /is only with Cinder, and this is of LVM: leave it out/;
export const known = /not known here; known are /;
