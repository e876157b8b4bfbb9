/** A description as Cinder shows it, in the words that state used: Cinder trims it, and an empty one is none. */
export function seenDescription(
  seen: string | null | undefined,
  recorded: string | undefined,
): { description?: string } {
  const description = (recorded ?? "").trim() === (seen ?? "") ? recorded : seen || undefined;
  return description === undefined ? {} : { description };
}
