import { atOnce, Engine } from "../../support/engine.js";
import type { Figure } from "../figures.js";
import { memoryOf } from "../memoryOf.js";
import { destroy, makeVolumes, withPool } from "../pool.js";

/** Resident memory of a provider that refreshed and previewed many volumes: by device-mapper, against loop activation. */
export async function memoryFigures(count: number): Promise<Figure[]> {
  const thin = await memoryWith(count, { activation: "deviceMapper", thinPool: { maxOverSubscriptionRatio: 10 } });
  const loop = await memoryWith(count, { activation: "loop", thinPool: false });
  const name = `memory with ${count} volumes refreshed and previewed, against loop activation`;
  return [{ name, value: Math.round(thin), floor: Math.round(loop), unit: "MiB", limit: { aboveFloor: 10 } }];
}

function memoryWith(count: number, lvm: object): Promise<number> {
  return withPool(count, lvm, async (pool) => {
    const making = await Engine.start({ stack: pool.bed.group });
    const volumes = await makeVolumes(making, pool, count);
    await making.stop();
    const engine = await Engine.start({ stack: pool.bed.group });
    try {
      await atOnce(16, volumes, (one) => engine.read(one));
      await atOnce(16, volumes, (one) => engine.previewSame(one));
      return (await memoryOf(engine.provider.pid)).now;
    } finally {
      await destroy(engine, volumes);
      await engine.stop();
    }
  });
}
