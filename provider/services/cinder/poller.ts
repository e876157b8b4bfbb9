import { AsyncResource } from "node:async_hooks";
import { whenCancelled } from "../../cancellation.js";
import { progress } from "../../host/notice.js";
import { CinderError, isNotFound } from "./client/error.js";

/** How long a wait counts as young, in ms. */
const youngMs = 3_000;

/** From the beginning of one look to that of the next while a wait is young, and later, in ms: 5 and 2 a second, and a little less. */
const youngEveryMs = 207;
const everyMs = 515;

/** With so many waits the service has more to do than to answer looks, and each of them takes its time from the rest. */
const several = 4;
const severalEveryMs = 270;

/** How long asking may fail before the waits fail with it, in ms: a service that restarts is waited for. */
const patienceMs = 30_000;

/** How many things are asked about at once: more do not fit into a URL. */
const batch = 100;

/** What is asked about, or that it is proven gone. */
export type Seen<T> = T | "gone";

interface Wait<T> {
  readonly id: string;
  readonly beganAt: number;
  look(seen: Seen<T>): void;
  fail(error: unknown): void;
}

export interface Source<T> {
  one(id: string): Promise<T>;
  /** As many as it can show of those; one that it does not show is asked about by itself. */
  some(ids: readonly string[]): Promise<readonly (T & { readonly id: string })[]>;
}

function tellOf({ beganAt }: { readonly beganAt: number }, status: string): void {
  const waitedMs = performance.now() - beganAt;
  if (waitedMs > youngMs) progress(`${status}, ${Math.round(waitedMs / 1000)} s`);
}

/** Waits of a process for things of one kind, all served by the same few requests however many they are. */
export class Poller<T extends { readonly status: string }> {
  readonly #source: Source<T>;
  readonly #waits = new Set<Wait<T>>();
  #isRunning = false;
  #lookedAt = 0;
  #answeredAt = 0;
  /** Has a pause reconsidered how long it is to be. */
  #wake = () => {};

  constructor(source: Source<T>) {
    this.#source = source;
  }

  /** Looks again and again, until `look` gives something or throws; "late" when `limitMs` have passed, or the user interrupts. */
  until<R>(id: string, limitMs: number, look: (seen: Seen<T>) => R | undefined): Promise<R | "late"> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        listenNoMore();
        this.#waits.delete(wait);
        settle();
      };
      const late = () => end(() => resolve("late"));
      const timer = setTimeout(late, limitMs);
      const listenNoMore = whenCancelled(late);
      // One look serves the waits of many requests.
      const tell = AsyncResource.bind(tellOf);
      const wait: Wait<T> = {
        id,
        beganAt: performance.now(),
        look(seen) {
          try {
            const result = look(seen);
            if (result !== undefined) end(() => resolve(result));
            else if (seen !== "gone") tell(wait, seen.status);
          } catch (error) {
            end(() => reject(error));
          }
        },
        fail: (error) => end(() => reject(error)),
      };
      this.#waits.add(wait);
      if (this.#isRunning) this.#wake();
      else void this.#run();
    });
  }

  /** As it is just now, asked about by itself. */
  async now(id: string): Promise<Seen<T>> {
    try {
      return await this.#source.one(id);
    } catch (error) {
      if (isNotFound(error)) return "gone";
      throw error;
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let failingSince: number | undefined;
    // What has only just been asked for has not ended yet.
    this.#lookedAt = performance.now();
    while (this.#waits.size > 0) {
      await this.#pause();
      this.#lookedAt = performance.now();
      const waits = [...this.#waits];
      try {
        const seen = await this.#ask([...new Set(waits.map(({ id }) => id))]);
        for (const wait of waits) {
          const thing = seen.get(wait.id);
          if (thing !== undefined && this.#waits.has(wait)) wait.look(thing);
        }
        failingSince = undefined;
      } catch (error) {
        failingSince ??= performance.now();
        const isPassing = error instanceof CinderError && (error.status === undefined || error.status >= 500);
        if (isPassing && performance.now() - failingSince < patienceMs) continue;
        for (const wait of waits) wait.fail(error);
      } finally {
        this.#answeredAt = performance.now();
      }
    }
    this.#isRunning = false;
  }

  /** Until it is time for the next look. A wait that begins meanwhile may make that sooner. */
  async #pause(): Promise<void> {
    for (let ms = this.#restMs(); ms > 0; ms = this.#restMs()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Counted from the last look's beginning, but a service that was slow to answer is left alone for as long. */
  #restMs(): number {
    const spacing = this.#spacingMs();
    const tookMs = Math.max(0, this.#answeredAt - this.#lookedAt);
    return Math.max(this.#lookedAt + spacing, this.#answeredAt + Math.min(tookMs, spacing)) - performance.now();
  }

  #spacingMs(): number {
    const youngest = Math.max(...[...this.#waits].map(({ beganAt }) => beganAt));
    const isYoung = performance.now() - youngest < youngMs;
    const one = isYoung ? (this.#waits.size < several ? youngEveryMs : severalEveryMs) : everyMs;
    return one * Math.ceil(this.#waits.size / batch);
  }

  async #ask(ids: readonly string[]): Promise<Map<string, Seen<T>>> {
    const seen = new Map<string, Seen<T>>();
    if (ids.length > 1) {
      for (let first = 0; first < ids.length; first += batch) {
        for (const thing of await this.#source.some(ids.slice(first, first + batch))) seen.set(thing.id, thing);
      }
    }
    const alone = ids.filter((id) => !seen.has(id));
    await Promise.all(alone.map(async (id) => seen.set(id, await this.now(id))));
    return seen;
  }
}
