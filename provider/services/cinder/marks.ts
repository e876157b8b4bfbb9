import { formatMark, type Mark, parseMark } from "../mark.js";

/** The metadata key that a volume or snapshot carries from its first moment until state is sure to know it. */
export const markKey = "blockbox:mark";

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
