import { isNotFound } from "./client/error.js";

/**
 * How long after its end a list is still as good as a read of its own, in ms; but longer where it took long itself, or a
 * slow service would be listed again and again in one refresh.
 */
const freshMs = 2_000;
const freshTimes = 2;

/** So many reads within that time are taken for a burst. */
const burst = 3;

interface List<T> {
  readonly beganAt: number;
  freshUntil: number;
  readonly things: Promise<Map<string, T>>;
}

/** Reads of a process of things of one kind: many at a time, as in a refresh, are served by a list of them all. */
export class Reads<T extends { readonly id: string }> {
  readonly #one: (id: string) => Promise<T>;
  readonly #all: () => Promise<readonly T[]>;
  #list: List<T> | undefined;
  #wroteAt = Number.NEGATIVE_INFINITY;
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
    const listed = this.#isBurst() && this.#isListGood() ? (await this.list()).get(id) : undefined;
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
    const known = this.#known();
    if (known) return known.things;
    const things = this.#all().then((all) => new Map(all.map((thing) => [thing.id, thing] as const)));
    const begun: List<T> = { beganAt: now, freshUntil: Number.POSITIVE_INFINITY, things };
    this.#list = begun;
    things.then(
      () => {
        const endedAt = performance.now();
        begun.freshUntil = endedAt + Math.max(freshMs, freshTimes * (endedAt - begun.beganAt));
      },
      () => {
        if (this.#list === begun) this.#list = undefined;
      },
    );
    return things;
  }

  #known(): List<T> | undefined {
    const list = this.#list;
    return list && list.beganAt > this.#wroteAt && performance.now() < list.freshUntil ? list : undefined;
  }

  /** Amid changes of our own each read would need a list anew, which costs more than what it asks for. */
  #isListGood(): boolean {
    return this.#known() !== undefined || performance.now() - this.#wroteAt > freshMs;
  }

  #isBurst(): boolean {
    const now = performance.now();
    this.#readAt = [...this.#readAt.filter((at) => now - at < freshMs), now].slice(-burst);
    return this.#readAt.length >= burst;
  }
}
