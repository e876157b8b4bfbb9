import { loadavg } from "node:os";
import { type Figure, figureTable } from "./figures.js";

/** Takes the figures of each part, or of those that are named, and shows a part's as soon as they are there. */
export async function measure(
  parts: Readonly<Record<string, () => Promise<Figure[]>>>,
  chosen: readonly string[],
): Promise<Figure[]> {
  const strange = chosen.filter((name) => !(name in parts));
  if (strange.length > 0)
    throw new Error(`no figures called ${strange.join(", ")}: there are ${Object.keys(parts).join(", ")}`);
  const figures: Figure[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const found = await part();
    process.stdout.write(`${figureTable(found)}(load of this machine: ${load()})\n\n`);
    figures.push(...found);
  }
  return figures;
}

function load(): string {
  return loadavg()
    .map((one) => one.toFixed(1))
    .join(" ");
}
