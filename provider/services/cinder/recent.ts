/** How old an answer may be unless said, in ms. */
const freshMs = 2_000;

/** Something that many ask for within a moment, and that is fetched once for all of them. */
export class Recent<T> {
  readonly #fetch: () => Promise<T>;
  #answer: { readonly at: number; readonly value: Promise<T> } | undefined;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** `maxAgeMs`: how old an answer will do, counted from when it was asked for. */
  get(maxAgeMs = freshMs): Promise<T> {
    const now = performance.now();
    if (this.#answer && now - this.#answer.at < maxAgeMs) return this.#answer.value;
    const value = this.#fetch();
    this.#answer = { at: now, value };
    value.catch(() => this.forget());
    return value;
  }

  /** What is known is not so any more. */
  forget(): void {
    this.#answer = undefined;
  }
}
