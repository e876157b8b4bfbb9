import { readFileSync } from "node:fs";
import { join } from "node:path";
import { atOnce, Engine } from "../../support/engine.js";
import { pathWith, shim } from "../../support/shim.js";
import { type Figure, timed } from "../figures.js";
import { makeVolumes, withPool } from "../pool.js";

/** What a preview without changes costs: lvm commands, counted by a program of that name in front on PATH. */
export function previewFigures(count: number): Promise<Figure[]> {
  return withPool(Math.max(4, count / 5), { thinPool: { maxOverSubscriptionRatio: 10 } }, async (pool) => {
    const making = await Engine.start({ stack: pool.bed.group });
    const volumes = await makeVolumes(making, pool, count);
    await making.stop();

    const calls = join(pool.bed.dir, "calls");
    const lvm = await shim(pool.bed.dir, "lvm", `echo "$1" >> ${calls}; exec "$real" "$@"`);
    const engine = await Engine.start({ stack: pool.bed.group, env: { PATH: pathWith(lvm) } });
    const seconds = await timed(() => atOnce(16, [pool.backend, ...volumes], (one) => engine.previewSame(one)));
    await engine.stop();
    const commands = countLines(calls);

    const ending = await Engine.start({ stack: pool.bed.group });
    await atOnce(16, volumes, ({ id, outputs }) => ending.provider.delete(id, outputs));
    await ending.stop();
    return [
      { name: `lvm commands of a no-op preview of ${count} volumes`, value: commands, unit: "", limit: { atMost: 3 } },
      { name: "  its seconds, with the start of a process", value: seconds, unit: "s" },
    ];
  });
}

function countLines(file: string): number {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).length;
  } catch {
    return 0;
  }
}
