import { startEngine } from "../../support/cinder/engine.js";
import type { CinderRig } from "../../support/cinder/options.js";
import { startProxy } from "../../support/cinder/proxy.js";
import type { Stored } from "../../support/deployment.js";
import { atOnce, type Engine } from "../../support/engine.js";
import { type Figure, median, timed } from "../figures.js";
import { withIdle } from "../idle.js";
import type { Bare } from "./bare.js";

const ways = [8, 100];

/** Many volumes read as a refresh reads them, and looked at as a preview without changes does. */
export async function refreshFigures(
  rig: CinderRig,
  bare: Bare,
  volumes: readonly Stored[],
  rounds: number,
): Promise<Figure[]> {
  const floors: number[] = [];
  const times = new Map<number, number[]>(ways.map((parallel) => [parallel, []]));
  const idle = new Map<number, number[]>(ways.map((parallel) => [parallel, []]));
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await timed(() => bare.list()));
    for (const parallel of ways) {
      idle.get(parallel)?.push(await idleTime(volumes, parallel));
      times.get(parallel)?.push(await refreshTime(rig, volumes, parallel));
    }
  }
  const figures: Figure[] = [];
  for (const parallel of ways) {
    const name = `${volumes.length} volumes refreshed, ${parallel} at once`;
    const whole = median(times.get(parallel) ?? []);
    const pulumis = median(idle.get(parallel) ?? []);
    const floor = median(floors);
    // What Pulumi's own process takes for as many calls that do nothing is none of ours, and no bare client's either.
    figures.push({ name, value: Math.max(0, whole - pulumis), floor, unit: "s", limit: { ratio: 1.5 } });
    figures.push({ name: "  with Pulumi's own time for the calls", value: whole, floor: floor + pulumis, unit: "s" });
    figures.push({
      name: "  requests",
      value: await requestsOf(rig, (engine) => atOnce(parallel, volumes, (one) => engine.read(one))),
      unit: "",
      limit: { atMost: 25 },
    });
  }
  figures.push({
    name: `${volumes.length} volumes previewed without changes: requests beside discovery`,
    value: await requestsOf(rig, (engine) => atOnce(100, volumes, (one) => engine.previewSame(one)), /^\/v3\/./),
    unit: "",
    limit: { atMost: 0 },
  });
  return figures;
}

function idleTime(volumes: readonly Stored[], parallel: number): Promise<number> {
  return withIdle(async (provider, idly) => {
    const [first] = volumes;
    if (first) await provider.read(first.id, idly(first.outputs));
    return timed(() => atOnce(parallel, volumes, ({ id, outputs }) => provider.read(id, idly(outputs))));
  });
}

/** Without a proxy between: it takes time too. */
async function refreshTime(rig: CinderRig, volumes: readonly Stored[], parallel: number): Promise<number> {
  const engine = await startEngine(rig);
  try {
    await engine.warm(volumes);
    return await timed(() => atOnce(parallel, volumes, (one) => engine.read(one)));
  } finally {
    await engine.stop();
  }
}

async function requestsOf(rig: CinderRig, body: (engine: Engine) => Promise<unknown>, path = /./): Promise<number> {
  await using proxy = await startProxy(rig.endpoint);
  const engine = await startEngine({ endpoint: proxy.endpoint, project: rig.project });
  try {
    await body(engine);
    return proxy.journal.count(undefined, path);
  } finally {
    await engine.stop();
  }
}
