import type { Difference } from "../../declaration/compare.js";
import type { VolumeInputs } from "./declaration.js";

/** What a volume began as a copy of. */
export type Source = Pick<VolumeInputs, "snapshotId" | "sourceVolumeId">;

/**
 * Without what only says what the volume is a copy of already, as its service tells: an import leaves that to the program,
 * and who took it out may put it back.
 */
export async function withoutKnownSource(
  differences: readonly Difference[],
  known: () => Promise<Source>,
): Promise<readonly Difference[]> {
  if (!differences.some(isSource)) return differences;
  const source: Readonly<Record<string, unknown>> = await known();
  return differences.filter((one) => !isSource(one) || source[one.path[0] ?? ""] !== one.to);
}

/** A source that is to be, in the place of one or of none. */
function isSource({ path, to }: Difference): boolean {
  return (path[0] === "snapshotId" || path[0] === "sourceVolumeId") && to !== undefined;
}
