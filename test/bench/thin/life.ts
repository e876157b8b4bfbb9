import { markTag, volumeTags } from "../../../provider/services/lvm/tags.js";
import { newMark } from "../../../provider/services/mark.js";
import type { Stored } from "../../support/deployment.js";
import { Engine } from "../../support/engine.js";
import { type Figure, median, timed } from "../figures.js";
import { destroy, make, type Pool, withPool } from "../pool.js";
import { Bare } from "./bare.js";

const steps = ["created", "snapshotted", "cloned", "destroyed"] as const;
type Life = Record<(typeof steps)[number], number>;

/** Thin volumes made, snapshotted, cloned from the snapshots and all destroyed, by us and by a bare script in turns. */
export function lifeFigures(count: number, rounds: number): Promise<Figure[]> {
  const thinPool = { maxOverSubscriptionRatio: 10 };
  return withPool(Math.max(4, count / 5), { thinPool }, async (pool) => {
    const ours: Life[] = [];
    const floors: Life[] = [];
    for (let round = 0; round < rounds; round += 1) {
      floors.push(await byScript(pool, count));
      ours.push(await byProvider(pool, count));
    }
    return steps.map((step) => ({
      name: `${count} thin volumes ${step}`,
      value: median(ours.map((life) => life[step])),
      floor: median(floors.map((life) => life[step])),
      unit: "s",
      limit: { ratio: 1.5 },
    }));
  });
}

async function byScript({ bed }: Pool, count: number): Promise<Life> {
  const identity = { digest: "0".repeat(32), stack: "0".repeat(16) };
  const bare = new Bare(bed.group, [...volumeTags({ name: "v0-0000" }), markTag(newMark(identity))]);
  let [volumes, snapshots, clones]: string[][] = [[], [], []];
  const created = await timed(async () => (volumes = await bare.createVolumes(count)));
  const snapshotted = await timed(async () => (snapshots = await bare.snapshots(volumes ?? [])));
  const cloned = await timed(async () => (clones = await bare.clones(snapshots ?? [])));
  const destroyed = await timed(async () => {
    for (const names of [clones, snapshots, volumes]) await bare.remove(names ?? []);
  });
  return { created, snapshotted, cloned, destroyed };
}

async function byProvider(pool: Pool, count: number): Promise<Life> {
  const engine = await Engine.start({ stack: pool.bed.group });
  try {
    let created = 0;
    let snapshotted = 0;
    let cloned = 0;
    const inTime = (tell: (seconds: number) => void) => async (body: () => Promise<Stored[]>) => {
      let made: Stored[] = [];
      tell(await timed(async () => (made = await body())));
      return made;
    };
    const names = (letter: string) => [...Array(count).keys()].map((index) => `${letter}${index}`);
    const volumes = await make(
      engine,
      "Volume",
      names("v"),
      () => ({ backend: pool.backend.id, size: 1 }),
      inTime((seconds) => (created = seconds)),
    );
    const snapshots = await make(
      engine,
      "Snapshot",
      names("s"),
      (_name, index) => ({ volume: volumes[index]?.id }),
      inTime((seconds) => (snapshotted = seconds)),
    );
    const clones = await make(
      engine,
      "Volume",
      names("c"),
      (_name, index) => ({ backend: pool.backend.id, snapshotId: snapshots[index]?.id }),
      inTime((seconds) => (cloned = seconds)),
    );
    const destroyed = await timed(async () => {
      for (const made of [clones, snapshots, volumes]) await destroy(engine, made);
    });
    return { created, snapshotted, cloned, destroyed };
  } finally {
    await engine.stop();
  }
}
