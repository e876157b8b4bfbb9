import { BlockboxError } from "./errors.js";

const listeners = new Set<() => void>();
let cancelled = false;

/** The user interrupts: what only waits ends, and says what there is by then. What changes something is let finish. */
export function cancel(): void {
  cancelled = true;
  for (const listener of listeners) listener();
}

export function isCancelled(): boolean {
  return cancelled;
}

/** Calls back once, at once where it has happened already; gives what takes the listener away. */
export function whenCancelled(listener: () => void): () => void {
  if (cancelled) queueMicrotask(listener);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** @param waiting what was waited for; reads after "Interrupted while waiting for " */
export function throwIfCancelled(waiting: string): void {
  if (cancelled) throw new BlockboxError("CANCELLED", `Interrupted while waiting for ${waiting}. Run again to go on.`);
}
