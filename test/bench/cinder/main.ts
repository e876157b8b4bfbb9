import { parseArgs } from "node:util";
import { manyVolumes } from "../../support/cinder/many.js";
import { startCinder } from "../../support/cinder/rig.js";
import { conclude, type Figure } from "../figures.js";
import { measure } from "../parts.js";
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
const say = (text: string) => process.stdout.write(`${text}\n`);
say(
  "A real Cinder with its default database limits; the project's quotas are raised, since 10 volumes are its default.",
);
say(
  "Each value is the median of several; its floor was measured in turns with it. Rows further in are for information.\n",
);
const quotas = { volumes: -1, snapshots: -1, gigabytes: -1 };
const rig = await startCinder({ quotas });
const bare = await Bare.of(rig);
const parts: Record<string, () => Promise<Figure[]>> = {
  async life() {
    const figures: Figure[] = [];
    // One volume is over so soon that it takes more of them for a median.
    for (const count of counts)
      figures.push(...(await lifeFigures(rig, bare, count, count === 1 ? 3 * rounds : rounds)));
    return [...figures, ...(await cliFigures(rig, Math.max(...counts)))];
  },
  waits: () => waitFigures(rig),
  // Last, since it leaves its volumes behind.
  async many() {
    const volumes = await manyVolumes(rig, Number(values.volumes ?? 1_000));
    return [...(await refreshFigures(rig, bare, volumes, rounds)), ...(await memoryFigures(rig, volumes))];
  },
};
try {
  conclude(await measure(parts, positionals));
} finally {
  await bare.close();
  await rig.stop();
}
