import { startEngine } from "../../support/cinder/engine.js";
import type { CinderRig } from "../../support/cinder/options.js";
import { pollRates } from "../../support/cinder/polls.js";
import { startProxy } from "../../support/cinder/proxy.js";
import { Raw } from "../../support/cinder/raw.js";
import type { Stored } from "../../support/deployment.js";
import { atOnce } from "../../support/engine.js";
import { type Figure, median } from "../figures.js";
import { Ends } from "./ends.js";

const now = () => Date.now() / 1_000;

/** How soon a wait notices its end, and how often it asks for it. */
export async function waitFigures(rig: CinderRig): Promise<Figure[]> {
  const volumeType = await new Raw(rig).type("faults");
  const figures = [...(await noticeFigures(rig, volumeType, 1)), ...(await noticeFigures(rig, volumeType, 8))];
  for (const count of [1, 50]) figures.push(...(await pollFigures(rig, volumeType, count)));
  return figures;
}

interface Noticed {
  readonly id: string;
  readonly began: number;
  readonly answered: number;
}

/** Creates, growths and deletes of 0 to 4 s, so many at once. */
async function noticeFigures(rig: CinderRig, volumeType: string, parallel: number): Promise<Figure[]> {
  const ends = await Ends.of(rig);
  const engine = await startEngine(rig);
  const lates: number[] = [];
  const note = async (status: "available" | "deleted", noticed: readonly Noticed[]) => {
    const at = await ends.last(status);
    for (const { id, began, answered } of noticed) {
      const end = at.get(id);
      if (end === undefined) throw new Error(`the database never had ${id} ${status}`);
      if (end - began < 5) lates.push(answered - end);
    }
  };
  try {
    const all = [...Array(parallel === 1 ? 5 : 15).keys()];
    const made: Stored[] = [];
    const creates = await atOnce(parallel, all, async (index) => {
      const name = `w${index}-slowcreate-${index % 5}-slowextend-${index % 5}-slowdelete-${(index + 2) % 5}`;
      const inputs = await engine.check(
        engine.inputs("Volume", `w${parallel}-${index}`, { size: 1, volumeType, name }),
      );
      const began = now();
      const stored = await engine.create("Volume", name, inputs);
      made.push(stored);
      return { id: stored.id, began, answered: now() };
    });
    await note("available", creates);
    const growths = await atOnce(parallel, made, async (stored) => {
      const began = now();
      stored.outputs = await engine.provider.update(stored.id, stored.outputs, { ...stored.inputs, size: 2 });
      return { id: stored.id, began, answered: now() };
    });
    await note("available", growths);
    const deletes = await atOnce(parallel, made, async ({ id, outputs }) => {
      const began = now();
      await engine.provider.delete(id, outputs);
      return { id, began, answered: now() };
    });
    await note("deleted", deletes);
  } finally {
    await engine.stop();
    await ends.drop();
  }
  const name = `an end noticed after, ${parallel} at once`;
  return [
    { name: `${name}: median of ${lates.length}`, value: median(lates), unit: "s", limit: { atMost: 0.25 } },
    { name: "  at most", value: Math.max(...lates), unit: "s", limit: { atMost: 0.6 } },
  ];
}

const slow = 8;

/** Requests of waits for volumes that take so long. */
async function pollFigures(rig: CinderRig, volumeType: string, count: number): Promise<Figure[]> {
  await using proxy = await startProxy(rig.endpoint);
  const config = { "blockbox:maxInFlight": String(count) };
  const engine = await startEngine({ endpoint: proxy.endpoint, project: rig.project }, { config });
  try {
    const names = [...Array(count).keys()].map((index) => `p${count}-${index}-slowcreate-${slow}`);
    const made = await atOnce(count, names, async (name) => {
      const inputs = await engine.check(engine.inputs("Volume", name, { size: 1, volumeType, name }));
      return engine.create("Volume", name, inputs);
    });
    const rates = pollRates(proxy.journal);
    await atOnce(count, made, ({ id, outputs }) => engine.provider.delete(id, outputs));
    const waiting = `polls a second, ${count} waiting`;
    return [
      { name: `${waiting}: at first`, value: rates.young, unit: "", limit: { atMost: 5 } },
      { name: "  later than 3 s after the last began", value: rates.old, unit: "", limit: { atMost: 2 } },
    ];
  } finally {
    await engine.stop();
  }
}
