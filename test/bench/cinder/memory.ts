import { startEngine } from "../../support/cinder/engine.js";
import type { CinderRig } from "../../support/cinder/options.js";
import type { Stored } from "../../support/deployment.js";
import { atOnce } from "../../support/engine.js";
import type { Figure } from "../figures.js";
import { withIdle } from "../idle.js";
import { memoryOf } from "../memoryOf.js";

const parallel = 100;

/** Resident memory of the provider process after a refresh and a preview of many volumes. */
export async function memoryFigures(rig: CinderRig, volumes: readonly Stored[]): Promise<Figure[]> {
  const ours = await ofOurs(rig, volumes);
  const floor = await ofIdle(volumes);
  const limit = { aboveFloor: 80 };
  const name = `memory with ${volumes.length} volumes refreshed and previewed`;
  return [
    { name, value: Math.round(ours.now), floor: Math.round(floor.now), unit: "MiB", limit },
    { name: "  at its highest", value: Math.round(ours.peak), floor: Math.round(floor.peak), unit: "MiB", limit },
  ];
}

async function ofOurs(rig: CinderRig, volumes: readonly Stored[]) {
  const engine = await startEngine(rig);
  try {
    await atOnce(parallel, volumes, (one) => engine.read(one));
    await atOnce(parallel, volumes, (one) => engine.previewSame(one));
    return await memoryOf(engine.provider.pid);
  } finally {
    await engine.stop();
  }
}

function ofIdle(volumes: readonly Stored[]) {
  return withIdle(async (provider, idly) => {
    await atOnce(parallel, volumes, ({ id, outputs }) => provider.read(id, idly(outputs)));
    await atOnce(parallel, volumes, async ({ id, inputs, outputs }) => {
      await provider.check(idly(inputs), idly(inputs));
      await provider.diff(id, idly(outputs), idly(inputs));
    });
    return memoryOf(provider.pid);
  });
}
