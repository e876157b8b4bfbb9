import { atOnce, Engine } from "../../support/engine.js";
import type { Figure } from "../figures.js";
import { withIdle } from "../idle.js";
import { memoryOf } from "../memoryOf.js";
import { destroy, makeVolumes, withPool } from "../pool.js";

const parallel = 16;

/** Resident memory of a provider that previewed many volumes without a change, against one that does nothing. */
export function memoryFigures(count: number): Promise<Figure[]> {
  return withPool(count, {}, async (pool) => {
    const making = await Engine.start({ stack: pool.bed.group });
    const volumes = await makeVolumes(making, pool, count);
    await making.stop();
    const floor = await withIdle(async (provider, idly) => {
      await atOnce(parallel, volumes, async ({ id, inputs, outputs }) => {
        await provider.check(idly(inputs), idly(inputs));
        await provider.diff(id, idly(outputs), idly(inputs));
      });
      return memoryOf(provider.pid);
    });
    const engine = await Engine.start({ stack: pool.bed.group });
    try {
      await atOnce(parallel, volumes, (one) => engine.previewSame(one));
      const ours = await memoryOf(engine.provider.pid);
      const name = `a provider's memory with these`;
      const limit = { aboveFloor: 40 };
      return [{ name, value: Math.round(ours.now), floor: Math.round(floor.now), unit: "MiB", limit }];
    } finally {
      await destroy(engine, volumes);
      await engine.stop();
    }
  });
}
