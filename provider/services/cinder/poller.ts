import { setTimeout as sleep } from "node:timers/promises";
import { CinderError, isNotFound } from "./client/error.js";

/** How long a wait counts as young, and how often is asked while one is young, and later; in ms. */
const youngMs = 3_000;
const youngEveryMs = 200;
const everyMs = 500;

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

/** Waits of a process for things of one kind, all served by the same few requests however many they are. */
export class Poller<T> {
  readonly #source: Source<T>;
  readonly #waits = new Set<Wait<T>>();
  #isRunning = false;

  constructor(source: Source<T>) {
    this.#source = source;
  }

  /** Looks again and again, until `look` gives something or throws; "late" when `limitMs` have passed. */
  until<R>(id: string, limitMs: number, look: (seen: Seen<T>) => R | undefined): Promise<R | "late"> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waits.delete(wait);
        settle();
      };
      const timer = setTimeout(() => end(() => resolve("late")), limitMs);
      const wait: Wait<T> = {
        id,
        beganAt: performance.now(),
        look(seen) {
          try {
            const result = look(seen);
            if (result !== undefined) end(() => resolve(result));
          } catch (error) {
            end(() => reject(error));
          }
        },
        fail: (error) => end(() => reject(error)),
      };
      this.#waits.add(wait);
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let failingSince: number | undefined;
    while (this.#waits.size > 0) {
      const youngest = Math.max(...[...this.#waits].map(({ beganAt }) => beganAt));
      await sleep(performance.now() - youngest < youngMs ? youngEveryMs : everyMs);
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
      }
    }
    this.#isRunning = false;
  }

  async #ask(ids: readonly string[]): Promise<Map<string, Seen<T>>> {
    const seen = new Map<string, Seen<T>>();
    if (ids.length > 1) {
      for (let first = 0; first < ids.length; first += batch) {
        for (const thing of await this.#source.some(ids.slice(first, first + batch))) seen.set(thing.id, thing);
      }
    }
    const alone = ids.filter((id) => !seen.has(id));
    await Promise.all(alone.map(async (id) => seen.set(id, await this.#askOne(id))));
    return seen;
  }

  async #askOne(id: string): Promise<Seen<T>> {
    try {
      return await this.#source.one(id);
    } catch (error) {
      if (isNotFound(error)) return "gone";
      throw error;
    }
  }
}
