import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../support/paths.js";
import { conclude, figureTable, median, timed } from "../figures.js";

// npm run bench plugin
const rounds = 15;
const plugin = join(root, "dist/provider/plugin/bin.js");
const floor = fileURLToPath(new URL("floor.mjs", import.meta.url));

const took = { plugin: [] as number[], floor: [] as number[] };
for (let round = 0; round < rounds; round += 1) {
  took.floor.push(await untilItsLine(floor));
  took.plugin.push(await untilItsLine(plugin));
}
const figures = [
  {
    name: "start, to the line with its port",
    value: 1_000 * median(took.plugin),
    floor: 1_000 * median(took.floor),
    unit: "ms",
    limit: { ratio: 2 },
  },
];
process.stdout.write(`The floor loads gRPC and Pulumi's protos alone; ${rounds} rounds.\n\n${figureTable(figures)}`);
conclude(figures);

/** Seconds from the process's start to the first that it prints. */
async function untilItsLine(file: string): Promise<number> {
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"], timeout: 60_000 });
  const exited = once(child, "exit");
  const seconds = await timed(() => once(child.stdout, "data"));
  child.kill();
  await exited;
  return seconds;
}
