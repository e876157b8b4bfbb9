import type { LogicalVolume } from "../../provider/services/lvm/report.js";

/** A thick volume as a report has it: with what a test is about, and all else as it is most often. */
export function logicalVolumeLike(about: Pick<LogicalVolume, "name" | "uuid"> & Partial<LogicalVolume>): LogicalVolume {
  const plain = { kind: "thick", permission: "rw", createdAt: 0, origin: "", pool: "", fill: undefined } as const;
  return { ...plain, tags: [], sizeBytes: 0, invalid: false, segments: [], ...about };
}
