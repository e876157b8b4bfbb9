import type { Stored } from "../../support/deployment.js";
import { atOnce, Engine } from "../../support/engine.js";
import { type Figure, median } from "../figures.js";
import { withIdle } from "../idle.js";
import { memoryOf } from "../memoryOf.js";
import { destroy, makeVolumes, withPool } from "../pool.js";

const parallel = 16;

/** Resident memory of a provider that previewed many volumes without a change, against one that does nothing. */
export function memoryFigures(count: number, rounds: number): Promise<Figure[]> {
  return withPool(count, {}, async (pool) => {
    const making = await Engine.start({ stack: pool.bed.group });
    const volumes = await makeVolumes(making, pool, count);
    await making.stop();
    const ours: number[] = [];
    const idle: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      idle.push(await ofIdle(volumes));
      ours.push(await ofOurs(pool.bed.group, volumes));
    }
    const ending = await Engine.start({ stack: pool.bed.group });
    await destroy(ending, volumes);
    await ending.stop();
    const name = "a provider's memory with these";
    const [value, floor] = [Math.round(median(ours)), Math.round(median(idle))];
    return [{ name, value, floor, unit: "MiB", limit: { aboveFloor: 40 } }];
  });
}

async function ofOurs(stack: string, volumes: readonly Stored[]): Promise<number> {
  const engine = await Engine.start({ stack });
  try {
    await atOnce(parallel, volumes, (one) => engine.previewSame(one));
    return (await memoryOf(engine.provider.pid)).now;
  } finally {
    await engine.stop();
  }
}

function ofIdle(volumes: readonly Stored[]): Promise<number> {
  return withIdle(async (provider, idly) => {
    await atOnce(parallel, volumes, async ({ id, inputs, outputs }) => {
      await provider.check(idly(inputs), idly(inputs));
      await provider.diff(id, idly(outputs), idly(inputs));
    });
    return (await memoryOf(provider.pid)).now;
  });
}
