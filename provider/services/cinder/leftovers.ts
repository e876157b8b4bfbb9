import { isLeftBehind, isNamed } from "../claims.js";
import type { Identity } from "../service.js";
import { isNotFound } from "./client/error.js";
import { markOf } from "./marks.js";

interface Marked {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * What earlier processes left behind with a mark. All of it was there before this process, so one list serves all of
 * its creates; only what may be one's own is looked at again.
 */
export class Leftovers<T extends Marked> {
  readonly #resource: string;
  readonly #all: () => Promise<Iterable<T>>;
  readonly #one: (id: string) => Promise<T>;
  #marked: Promise<T[]> | undefined;

  constructor(resource: string, all: () => Promise<Iterable<T>>, one: (id: string) => Promise<T>) {
    this.#resource = resource;
    this.#all = all;
    this.#one = one;
  }

  /** What creates of this identity left. Throws CREATOR_ALIVE while one may still be at work: see `awaitCreator`. */
  async of(identity: Identity): Promise<T[]> {
    const own = (await this.marked()).filter((thing) => markOf(thing)?.identity === identity.digest);
    const now = await Promise.all(own.map(({ id }) => this.#again(id)));
    return now.filter(
      (thing) => thing !== undefined && !isNamed(this.#resource, thing.id) && isLeftBehind(markOf(thing), identity),
    ) as T[];
  }

  /** Everything that carried a mark when it was first asked for, whosoever it is. */
  marked(): Promise<T[]> {
    this.#marked ??= this.#all().then(
      (all) => [...all].filter((thing) => markOf(thing) !== undefined),
      (error) => {
        this.#marked = undefined;
        throw error;
      },
    );
    return this.#marked;
  }

  async #again(id: string): Promise<T | undefined> {
    try {
      return await this.#one(id);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
