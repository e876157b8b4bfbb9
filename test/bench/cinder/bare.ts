import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { CinderRig } from "../../support/cinder/options.js";

interface Row {
  readonly id: string;
  readonly status: string;
}

/** So many volumes are made or deleted at once: real Cinder loses some of many more. */
const inFlight = 8;
const pollMs = 200;

/** The floor: the same requests to the same service, and nothing else. No discovery, no checks, no marks, no proofs. */
export class Bare {
  readonly #pool: Pool;
  readonly #token: string;
  readonly #waits = new Map<string, (row: Row | undefined) => boolean>();
  #polling = false;

  private constructor(endpoint: string, token: string) {
    this.#pool = new Pool(new URL(endpoint).origin, { connections: inFlight + 4 });
    this.#token = token;
  }

  static async of(rig: CinderRig): Promise<Bare> {
    return new Bare(rig.endpoint, await rig.token());
  }

  /** Makes volumes; answers their ids when all are `available`. */
  create(count: number, inputs: Record<string, unknown>): Promise<string[]> {
    return this.#several([...Array(count).keys()], async (index) => {
      const volume = { ...inputs, size: 1, name: `bare-${index}` };
      const { id } = ((await this.#call("POST", "/volumes", { volume })) as { volume: Row }).volume;
      await this.#until(id, (row) => {
        if (row === undefined || row.status.startsWith("error")) throw new Error(`${id}: ${row?.status ?? "gone"}`);
        return row.status === "available";
      });
      return id;
    });
  }

  async destroy(ids: readonly string[]): Promise<void> {
    await this.#several(ids, async (id) => {
      await this.#call("DELETE", `/volumes/${id}`);
      await this.#until(id, (row) => row === undefined);
    });
  }

  /** All volumes, page by page; answers how many. */
  async list(): Promise<number> {
    let count = 0;
    for (let marker = ""; ; ) {
      const page = (await this.#call("GET", `/volumes/detail?limit=1000${marker}`)) as {
        volumes: Row[];
        volumes_links?: unknown[];
      };
      count += page.volumes.length;
      if (page.volumes_links === undefined) return count;
      marker = `&marker=${page.volumes.at(-1)?.id}`;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Each as soon as there is room for it. */
  async #several<I, O>(inputs: readonly I[], body: (input: I) => Promise<O>): Promise<O[]> {
    const rest = [...inputs.entries()];
    const results: O[] = [];
    const work = async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) results[next[0]] = await body(next[1]);
    };
    await Promise.all(Array.from({ length: inFlight }, work));
    return results;
  }

  #until(id: string, isDone: (row: Row | undefined) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waits.set(id, (row) => {
        try {
          if (!isDone(row)) return false;
          resolve();
        } catch (error) {
          reject(error);
        }
        return true;
      });
      if (!this.#polling) this.#poll().catch(reject);
    });
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    while (this.#waits.size > 0) {
      await sleep(pollMs);
      const asked = [...this.#waits];
      const query = encodeURIComponent(JSON.stringify(asked.map(([id]) => id)));
      const { volumes } = (await this.#call("GET", `/volumes/detail?id=${query}`)) as { volumes: Row[] };
      const rows = new Map(volumes.map((row) => [row.id, row]));
      for (const [id, look] of asked) if (look(rows.get(id))) this.#waits.delete(id);
    }
    this.#polling = false;
  }

  async #call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const answer = await this.#pool.request({
      method,
      path: `/v3${path}`,
      headers: {
        "x-auth-token": this.#token,
        "openstack-api-version": "volume 3.71",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}
