import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { type Bed, makeBed, sharedLifetime } from "../support/bed.js";
import type { Stored } from "../support/deployment.js";
import { atOnce, type Engine } from "../support/engine.js";

/** As Pulumi has it: so many resources at once. */
const parallel = 16;

export interface Pool {
  readonly bed: Bed;
  readonly backend: Stored;
}

/** A Backend with a thin pool for `gib` GiB, sparse, in the activation asked for; taken away after `body`. */
export async function withPool<T>(gib: number, lvm: object, body: (pool: Pool) => Promise<T>): Promise<T> {
  const lifetime = sharedLifetime();
  const bed = await makeBed(lifetime, "bench");
  try {
    await bed.deployment.up([bed.backend({ size: Math.ceil(gib * 1.06) + 1, lvm: { ...lvm } })]);
    const result = await body({ bed, backend: bed.deployment.get("pool") });
    await bed.deployment.destroy();
    return result;
  } finally {
    await lifetime.end();
    await rm(bed.dir, { recursive: true, force: true });
  }
}

/** Volumes of the pool, made by a provider as the engine drives it. */
export async function makeVolumes(engine: Engine, { backend }: Pool, count: number): Promise<Stored[]> {
  const names = [...Array(count).keys()].map((index) => `v${index}-${randomUUID().slice(0, 4)}`);
  return make(engine, "Volume", names, () => ({ backend: backend.id, size: 1 }));
}

/** One resource for each name: all are checked, as by a preview, then made. */
export async function make(
  engine: Engine,
  kind: "Volume" | "Snapshot",
  names: readonly string[],
  inputsOf: (name: string, index: number) => Record<string, unknown>,
  create: (body: () => Promise<Stored[]>) => Promise<Stored[]> = (body) => body(),
): Promise<Stored[]> {
  const checked = await atOnce(parallel, [...names.entries()], async ([index, name]) => ({
    name,
    inputs: await engine.check(engine.inputs(kind, name, inputsOf(name, index))),
  }));
  return create(() => atOnce(parallel, checked, ({ name, inputs }) => engine.create(kind, name, inputs)));
}

export async function destroy(engine: Engine, made: readonly Stored[]): Promise<void> {
  await atOnce(parallel, made, ({ id, outputs }) => engine.provider.delete(id, outputs));
}
