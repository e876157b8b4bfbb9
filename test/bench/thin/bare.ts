import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a script would run that makes the same things one after the other, with the same tags: lvm's commands and nothing else. */
export class Bare {
  readonly #group: string;
  readonly #tags: readonly string[];

  /** `tags`: those of a volume as we make it, its mark included. */
  constructor(group: string, tags: readonly string[]) {
    this.#group = group;
    this.#tags = tags.flatMap((tag) => ["--addtag", tag]);
  }

  createVolumes(count: number): Promise<string[]> {
    const pool = ["--virtualsize", "1g", "--thinpool", `${this.#group}/${this.#group}-pool`];
    return each([...Array(count).keys()], () => this.#lvcreate(`volume-${randomUUID()}`, pool));
  }

  snapshots(volumes: readonly string[]): Promise<string[]> {
    return each(volumes, (volume) => this.#lvcreate(`_snapshot-${randomUUID()}`, this.#copyOf(volume, "r")));
  }

  clones(snapshots: readonly string[]): Promise<string[]> {
    return each(snapshots, (snapshot) => this.#lvcreate(`volume-${randomUUID()}`, this.#copyOf(snapshot, "rw")));
  }

  async remove(names: readonly string[]): Promise<void> {
    await each(names, (name) => lvm("lvremove", `${this.#group}/${name}`));
  }

  async #lvcreate(name: string, options: readonly string[]): Promise<string> {
    const inert = ["--activate", "n", "--setactivationskip", "n", "--name", name];
    await lvm("lvcreate", ...options, ...inert, ...this.#tags);
    return name;
  }

  #copyOf(name: string, permission: "r" | "rw"): string[] {
    return ["--snapshot", "--permission", permission, `${this.#group}/${name}`];
  }
}

async function lvm(...args: string[]): Promise<void> {
  await run("lvm", [...args, "--yes"]);
}

async function each<I, O>(inputs: readonly I[], body: (input: I) => Promise<O>): Promise<O[]> {
  const results: O[] = [];
  for (const input of inputs) results.push(await body(input));
  return results;
}
