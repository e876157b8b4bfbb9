import { throwIfCancelled } from "../../cancellation.js";

/** After so many that went well, one more may be under way again. */
const recoverAfter = 8;

/**
 * Bounds how many changes are under way in one Cinder: under many at once it loses some (they end in `error`, or never).
 * Where it shows that even so many are too many, half of them must do for a while.
 */
export class InFlight {
  readonly #max: number;
  #limit: number;
  #running = 0;
  #well = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
    this.#limit = max;
  }

  /** Runs a change from its request to its end, as soon as there is room for it; not at all if the user interrupts before. */
  async run<T>(change: () => Promise<T>): Promise<T> {
    const hasRoom = this.#running < this.#limit;
    if (hasRoom) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (!hasRoom) throwIfCancelled("its turn among the changes of the block service");
      const result = await change();
      this.#recover();
      return result;
    } finally {
      this.#leave();
    }
  }

  /** The service has failed in a way that it does when it has too much to do. */
  tooMany(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#well = 0;
  }

  #recover(): void {
    this.#well += 1;
    if (this.#limit >= this.#max || this.#well < recoverAfter) return;
    this.#limit += 1;
    this.#well = 0;
  }

  /** A place that becomes free goes to the next one, unless there are more than should be. */
  #leave(): void {
    this.#running -= 1;
    while (this.#running < this.#limit && this.#waiting.length > 0) {
      this.#running += 1;
      this.#waiting.shift()?.();
    }
  }
}
