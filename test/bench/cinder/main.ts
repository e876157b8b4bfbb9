import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { manyVolumes } from "../../support/cinder/many.js";
import type { CinderRig } from "../../support/cinder/options.js";
import { startCinder } from "../../support/cinder/rig.js";
import { conclude, type Figure, figureTable } from "../figures.js";
import { Bare } from "./bare.js";
import { cliFigures } from "./cli.js";
import { lifeFigures } from "./life.js";
import { memoryFigures } from "./memory.js";
import { refreshFigures } from "./refresh.js";
import { waitFigures } from "./waits.js";

// npm run bench cinder; for development, node --import tsx test/bench/cinder/main.ts life --volumes 20
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { volumes: { type: "string" }, rounds: { type: "string" } },
});
const rounds = Number(values.rounds ?? 3);
const counts = values.volumes === undefined ? [1, 20, 100] : [Number(values.volumes)];
const parts: Record<string, (rig: CinderRig, bare: Bare) => Promise<Figure[]>> = {
  async life(rig, bare) {
    const figures: Figure[] = [];
    // One volume is over so soon that it takes more of them for a median.
    for (const count of counts)
      figures.push(...(await lifeFigures(rig, bare, count, count === 1 ? 3 * rounds : rounds)));
    return [...figures, ...(await cliFigures(rig, Math.max(...counts)))];
  },
  waits: waitFigures,
  // Last, since it leaves its volumes behind.
  async many(rig, bare) {
    const volumes = await manyVolumes(rig, Number(values.volumes ?? 1_000));
    return [...(await refreshFigures(rig, bare, volumes, rounds)), ...(await memoryFigures(rig, volumes))];
  },
};

const strange = positionals.filter((name) => !(name in parts));
if (strange.length > 0)
  throw new Error(`no figures called ${strange.join(", ")}: there are ${Object.keys(parts).join(", ")}`);

const say = (text: string) => process.stdout.write(`${text}\n`);
const load = () =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(" ");
const quotas = { volumes: -1, snapshots: -1, gigabytes: -1 };
const rig = await startCinder({ quotas });
const bare = await Bare.of(rig);
const figures: Figure[] = [];
say(
  "A real Cinder with its default database limits; the project's quotas are raised, since 10 volumes are its default.",
);
say(
  "Each value is the median of several; its floor was measured in turns with it. Rows further in are for information.\n",
);
try {
  for (const [name, part] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const found = await part(rig, bare);
    say(`${figureTable(found)}(load of this machine: ${load()})\n`);
    figures.push(...found);
  }
} finally {
  await bare.close();
  await rig.stop();
}
conclude(figures);
