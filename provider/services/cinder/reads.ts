import { isNotFound } from "./client/error.js";

/** How long after its end a list is still as good as a read of its own, in ms. */
const freshMs = 2_000;

/** So many reads within that time are taken for a burst. */
const burst = 3;

interface List<T> {
  readonly beganAt: number;
  endedAt: number;
  readonly things: Promise<Map<string, T>>;
}

/** Reads of a process of things of one kind: many at a time, as in a refresh, are served by a list of them all. */
export class Reads<T extends { readonly id: string }> {
  readonly #one: (id: string) => Promise<T>;
  readonly #all: () => Promise<readonly T[]>;
  #list: List<T> | undefined;
  #wroteAt = 0;
  #readAt: number[] = [];

  constructor(one: (id: string) => Promise<T>, all: () => Promise<readonly T[]>) {
    this.#one = one;
    this.#all = all;
  }

  /** A list that began before this shows something that is not so any more. */
  wrote(): void {
    this.#wroteAt = performance.now();
  }

  /** Nothing: the service says that there is no such thing. One that a list lacks is asked about by itself. */
  async read(id: string): Promise<T | undefined> {
    const listed = this.#isBurst() ? (await this.list()).get(id) : undefined;
    if (listed !== undefined) return listed;
    try {
      return await this.#one(id);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** All of them, as they were at most a moment ago. */
  list(): Promise<Map<string, T>> {
    const now = performance.now();
    const list = this.#list;
    if (list && list.beganAt > this.#wroteAt && now - list.endedAt < freshMs) return list.things;
    const things = this.#all().then((all) => new Map(all.map((thing) => [thing.id, thing] as const)));
    const begun: List<T> = { beganAt: now, endedAt: Number.POSITIVE_INFINITY, things };
    this.#list = begun;
    things.then(
      () => {
        begun.endedAt = performance.now();
      },
      () => {
        if (this.#list === begun) this.#list = undefined;
      },
    );
    return things;
  }

  #isBurst(): boolean {
    const now = performance.now();
    this.#readAt = [...this.#readAt.filter((at) => now - at < freshMs), now].slice(-burst);
    return this.#readAt.length >= burst;
  }
}
