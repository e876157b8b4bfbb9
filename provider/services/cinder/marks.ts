import { formatMark, type Mark, parseMark } from "../mark.js";

/** The metadata key that a volume or snapshot carries from its first moment until state is sure to know it. */
export const markKey = "blockbox:mark";

/**
 * Stands beside the mark of a volume that was taken over: a digest of what it was. Such a volume holds somebody's data
 * from its first moment, so what is left of its create is never deleted (rule 4).
 */
export const sourceKey = "blockbox:source";

interface Marked {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export function markOf({ metadata }: Pick<Marked, "metadata">): Mark | undefined {
  return parseMark(metadata[markKey]);
}

export function markEntry(mark: Mark): Record<string, string> {
  return { [markKey]: formatMark(mark) };
}
