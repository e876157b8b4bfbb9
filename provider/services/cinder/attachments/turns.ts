const last = new Map<string, Promise<unknown>>();

/** One after the other: Cinder refuses a second attachment of a volume while the first is being made. */
export function inTurn<T>(volumeId: string, body: () => Promise<T>): Promise<T> {
  const turn = (last.get(volumeId) ?? Promise.resolve()).then(body, body);
  last.set(volumeId, turn);
  return turn;
}
