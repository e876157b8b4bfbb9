import type { Recorded } from "./faults.js";

/** What a proxy has seen, in the order in which it came. */
export class Journal {
  readonly #requests: Recorded[] = [];

  add(request: Recorded): void {
    this.#requests.push(request);
  }

  get requests(): readonly Recorded[] {
    return this.#requests;
  }

  /** How many there were; `path` is of the path without the query. */
  count(method?: string, path?: RegExp): number {
    return this.matching(method, path).length;
  }

  matching(method?: string, path?: RegExp): Recorded[] {
    return this.#requests.filter(
      (request) =>
        (method === undefined || request.method === method) && (path === undefined || path.test(request.path)),
    );
  }

  /** Those that could change something: all but GET and HEAD. */
  writes(): Recorded[] {
    return this.#requests.filter(({ method }) => method !== "GET" && method !== "HEAD");
  }

  clear(): void {
    this.#requests.length = 0;
  }
}
