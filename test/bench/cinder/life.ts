import { startEngine } from "../../support/cinder/engine.js";
import type { CinderRig } from "../../support/cinder/options.js";
import { Raw } from "../../support/cinder/raw.js";
import type { Stored } from "../../support/deployment.js";
import { atOnce } from "../../support/engine.js";
import { type Figure, median, timed } from "../figures.js";
import type { Bare } from "./bare.js";
import { serviceCpu } from "./serviceCpu.js";

/** Seconds by the clock, and of the service's CPUs. */
interface Cost {
  readonly clock: number;
  readonly cpu: number;
}

interface Life {
  readonly create: Cost;
  readonly destroy: Cost;
}

interface OurLife extends Life {
  /** The checks before the creates, with all that a process loads and asks first. */
  readonly check: Cost;
  /** From the interrupt to the process's end: what waited for a quiet moment is done then. */
  readonly exit: Cost;
}

const limit = { ratio: 1.2 };
const parallel = 100;

/** Volumes made and destroyed, by us and by the bare client in turns, so that both meet the service in the same state. */
export async function lifeFigures(rig: CinderRig, bare: Bare, count: number, rounds: number): Promise<Figure[]> {
  const type = await new Raw(rig).type("nfs");
  const ours: OurLife[] = [];
  const floors: Life[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await byBare(rig, bare, type, count));
    ours.push(await byProvider(rig, type, count, round));
  }
  const of = (costs: readonly Cost[], what: keyof Cost) => median(costs.map((cost) => cost[what]));
  const against = (name: "create" | "destroy", what: keyof Cost) => ({
    value: of(
      ours.map((life) => life[name]),
      what,
    ),
    floor: of(
      floors.map((life) => life[name]),
      what,
    ),
    unit: "s",
  });
  const volumes = `${count} volume${count === 1 ? "" : "s"}`;
  return [
    { name: `${volumes} created`, ...against("create", "clock"), limit },
    { name: "  the service's CPU time for it", ...against("create", "cpu") },
    { name: `${volumes} destroyed`, ...against("destroy", "clock"), limit },
    { name: "  the service's CPU time for it", ...against("destroy", "cpu") },
    {
      name: "  all checks before the creates, and loading",
      value: of(
        ours.map(({ check }) => check),
        "clock",
      ),
      unit: "s",
    },
    {
      name: "  end of the process after the creates",
      value: of(
        ours.map(({ exit }) => exit),
        "clock",
      ),
      unit: "s",
    },
  ];
}

async function byBare(rig: CinderRig, bare: Bare, type: string, count: number): Promise<Life> {
  let ids: string[] = [];
  const create = await cost(rig, async () => {
    ids = await bare.create(count, { volume_type: type });
  });
  return { create, destroy: await cost(rig, () => bare.destroy(ids)) };
}

async function byProvider(rig: CinderRig, type: string, count: number, round: number): Promise<OurLife> {
  const names = [...Array(count).keys()].map((index) => `v${round}-${index}`);
  const making = await startEngine(rig);
  let checked: Record<string, unknown>[] = [];
  const check = await cost(rig, async () => {
    const inputs = { size: 1, volumeType: type };
    checked = await atOnce(parallel, names, (name) => making.check(making.inputs("Volume", name, inputs)));
  });
  let made: Stored[] = [];
  const create = await cost(rig, async () => {
    made = await atOnce(parallel, checked, (inputs) => making.create("Volume", String(inputs.name), inputs));
  });
  const exit = await cost(rig, () => making.stop());
  await expectStatuses(rig, [`available\t${count}`]);

  const ending = await startEngine(rig);
  await ending.warm(made);
  const destroy = await cost(rig, () =>
    atOnce(parallel, made, ({ id, outputs }) => ending.provider.delete(id, outputs)),
  );
  await ending.stop();
  await expectStatuses(rig, []);
  return { check, create, exit, destroy };
}

async function cost(rig: CinderRig, body: () => Promise<unknown>): Promise<Cost> {
  const before = await serviceCpu(rig);
  const clock = await timed(body);
  return { clock, cpu: (await serviceCpu(rig)) - before };
}

/** None is in `error`, and none is stuck. */
async function expectStatuses(rig: CinderRig, wanted: readonly string[]): Promise<void> {
  const rows = await rig.sql("SELECT status, COUNT(*) FROM volumes WHERE deleted = 0 GROUP BY status");
  if (rows.join() !== wanted.join()) throw new Error(`volumes by status: ${rows.join(", ")}, not ${wanted.join(", ")}`);
}
