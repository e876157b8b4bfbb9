import { parseArgs } from "node:util";
import { conclude, type Figure } from "../figures.js";
import { measure } from "../parts.js";
import { lifeFigures } from "./life.js";
import { memoryFigures } from "./memory.js";
import { previewFigures } from "./preview.js";

// npm run bench thin; for development, in the guest: node --import tsx test/bench/thin/main.ts life --volumes 20
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { volumes: { type: "string" }, rounds: { type: "string" } },
});
const rounds = Number(values.rounds ?? 3);
const counts = values.volumes === undefined ? [20, 100] : [Number(values.volumes)];
const parts: Record<string, () => Promise<Figure[]>> = {
  async life() {
    const figures: Figure[] = [];
    // So many volumes at once are a median by themselves.
    for (const count of counts) figures.push(...(await lifeFigures(count, count > 50 ? 1 : rounds)));
    return figures;
  },
  preview: () => previewFigures(Math.max(...counts)),
  memory: () => memoryFigures(Math.max(...counts)),
};

process.stdout.write(
  "Real lvm2 under a real device-mapper, in user-mode Linux: seconds are this guest's, ratios are what counts.\n\n",
);
conclude(await measure(parts, positionals));
