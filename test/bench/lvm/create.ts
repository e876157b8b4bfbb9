import { sharedLifetime } from "../../support/bed.js";
import { startProvider } from "../../support/provider.js";
import { type Made, Project } from "../../support/pulumi.js";
import { startRpcProxy } from "../../support/rpcProxy.js";
import { type Figure, median, timed } from "../figures.js";
import { createByScript, removeByScript } from "./bare.js";

/** Volumes made by `pulumi up`, against a bare script that makes as many in the same sparse group; in turns. */
export async function createFigures(counts: readonly number[], rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const each: number[] = [];
  for (const count of counts) {
    const { ours, floor } = await inTurns(count, rounds);
    figures.push({ name: `${count} volumes created`, value: ours, floor, unit: "s", limit: { ratio: 1.5 } });
    each.push(ours / count);
  }
  const [few = 0] = each;
  const many = each.at(-1) ?? 0;
  const name = `of a volume, ${counts.at(-1)} at once against ${counts[0]}`;
  if (counts.length > 1)
    figures.push({ name, value: 1_000 * many, floor: 1_000 * few, unit: "ms", limit: { ratio: 1.25 } });
  return figures;
}

async function inTurns(count: number, rounds: number): Promise<{ ours: number; floor: number }> {
  const lifetime = sharedLifetime();
  try {
    const project = await Project.make(lifetime, "bench");
    project.door = "plugin";
    const loopFile = { path: project.data("pool.img"), size: count + 2, sparse: true };
    const pool: Made = { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } };
    project.program = [pool];
    await project.okUp("--skip-preview");
    const ours: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      let made: string[] = [];
      floors.push(await timed(async () => (made = await createByScript(project.group, count))));
      await removeByScript(project.group, made);

      const volumes = [...Array(count).keys()].map(
        (index): Made => ({ kind: "Volume", name: `v${index}`, args: { backend: { idOf: "pool" }, size: 1 } }),
      );
      project.program = [pool, ...volumes];
      ours.push(await secondsOfCalls(project));
      project.program = [pool];
      await project.okUp("--skip-preview");
    }
    await project.ok("destroy", "--yes", "--stack", project.stack, "--skip-preview");
    return { ours: median(ours), floor: median(floors) };
  } finally {
    await lifetime.end();
  }
}

/** From the engine's first call for a resource to the last answer, and what the provider does before it ends. */
async function secondsOfCalls(project: Project): Promise<number> {
  const provider = await startProvider({ cwd: project.dir, door: "plugin" });
  let first = 0;
  let last = 0;
  const proxy = await startRpcProxy(provider.port, {
    called(method) {
      if (method === "check" && first === 0) first = performance.now();
    },
    answered() {
      last = performance.now();
    },
  });
  try {
    Object.assign(project.env, proxy.env);
    await project.okUp("--skip-preview");
  } finally {
    delete project.env.PULUMI_DEBUG_PROVIDERS;
    proxy.stop();
  }
  return (last - first) / 1_000 + (await timed(() => provider.stop()));
}
