import { until } from "../until.js";
import type { BackendName, CinderRig } from "./options.js";

/** Volumes and what belongs to them, by plain requests: what the rig's own tests do, and others out of band. */
export class Raw {
  readonly #rig: CinderRig;

  constructor(rig: CinderRig) {
    this.#rig = rig;
  }

  /** A volume type bound to a backend; answers its name. */
  async type(backend: BackendName, specs: Record<string, string> = {}): Promise<string> {
    const name = `${backend}-${Math.random().toString(36).slice(2)}`;
    const { id } = await this.#made("types", { name });
    await this.#accept("POST", `/types/${id}/extra_specs`, { extra_specs: { volume_backend_name: backend, ...specs } });
    return name;
  }

  /** One of 1 GiB, unless said; it may be still in the making. Answers its id. */
  async volume(inputs: Record<string, unknown>): Promise<string> {
    return (await this.#made("volumes", { size: 1, ...inputs })).id;
  }

  async snapshot(volume: string, inputs: Record<string, unknown> = {}): Promise<string> {
    return (await this.#made("snapshots", { volume_id: volume, ...inputs })).id;
  }

  /** The answer's status is the caller's to judge: `connector` may be one that a backend refuses. */
  attach(volume: string, connector: Record<string, unknown>) {
    return this.#rig.call("POST", "/attachments", { attachment: { volume_uuid: volume, connector } });
  }

  /** `extend` → "os-extend". */
  async act(volume: string, action: string, inputs: Record<string, unknown>): Promise<void> {
    await this.#accept("POST", `/volumes/${volume}/action`, { [`os-${action}`]: inputs });
  }

  async remove(kind: "volumes" | "snapshots", id: string): Promise<void> {
    await this.#accept("DELETE", `/${kind}/${id}`);
  }

  /** Its row; undefined where there is none. */
  async row(kind: "volumes" | "snapshots", id: string): Promise<Record<string, unknown> | undefined> {
    const { status, body } = await this.#rig.call("GET", `/${kind}/${id}`);
    return status === 404 ? undefined : (body as Record<string, Record<string, unknown>>)[kind.slice(0, -1)];
  }

  /** Waits for a status, "gone" being none at all; any other that is an error ends the wait. */
  async untilStatus(kind: "volumes" | "snapshots", id: string, wanted: string, limitMs = 20_000): Promise<void> {
    let last = "";
    const isSo = async () => {
      last = String((await this.row(kind, id))?.status ?? "gone");
      if (last !== wanted && last.startsWith("error")) throw new Error(`${kind} ${id}: ${last} instead of ${wanted}`);
      return last === wanted;
    };
    await until(`${kind} ${id} is ${wanted}`, isSo, { limitMs, everyMs: 100 });
  }

  async #made(kind: "types" | "volumes" | "snapshots", inputs: Record<string, unknown>): Promise<{ id: string }> {
    const inside = kind === "types" ? "volume_type" : kind.slice(0, -1);
    const body = await this.#accept("POST", `/${kind}`, { [inside]: inputs });
    return (body as Record<string, { id: string }>)[inside] as { id: string };
  }

  async #accept(method: string, path: string, inputs?: unknown): Promise<unknown> {
    const { status, body } = await this.#rig.call(method, path, inputs);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}
