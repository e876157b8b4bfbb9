import { sharedLifetime } from "../../support/bed.js";
import { type Made, Project } from "../../support/pulumi.js";
import { type Figure, median, timed } from "../figures.js";

/** As many dynamic resources of the same properties, each of which costs Pulumi's SDK time, of a provider that does nothing. */
const idleProgram = `const pulumi = require("@pulumi/pulumi");
const { resources } = require("pulumi-blockbox/schema.json");

const idle = {
  async check(olds, news) { return { inputs: news }; },
  async diff() { return { changes: false }; },
  async create(props) { return { id: props.name, outs: props }; },
};
const names = Object.keys(resources["blockbox:index:Volume"].properties);
const declared = Object.fromEntries(names.map((name) => [name, undefined]));
class Idle extends pulumi.dynamic.Resource {}
for (const { name, args } of JSON.parse(process.env.PROGRAM)) new Idle(idle, name, { ...declared, name, ...args });
`;

/** `pulumi preview` of volumes that stay as they are, against that of resources of a provider that does nothing; in turns. */
export async function previewFigures(count: number, rounds: number): Promise<Figure[]> {
  const lifetime = sharedLifetime();
  try {
    const ours = await Project.make(lifetime, "bench");
    const loopFile = { path: ours.data("pool.img"), size: count + 2, sparse: true };
    const pool: Made = { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: ours.group, loopFile } } };
    const volumes = (args: object) =>
      [...Array(count).keys()].map(
        (index): Made => ({ kind: "Volume", name: `v${index}`, args: { ...args, size: 1 } }),
      );
    ours.program = [pool, ...volumes({ backend: { idOf: "pool" } })];
    const idle = await Project.make(lifetime, "bench", { entry: { file: "index.js", text: idleProgram } });
    idle.program = volumes({ backend: "lvm:pool" });
    const projects = [ours, idle];
    for (const project of projects) await project.okUp("--skip-preview");
    const took = new Map(projects.map((project) => [project, [] as number[]]));
    for (let round = 0; round < rounds; round += 1) {
      for (const project of projects) {
        const seconds = await timed(() => project.ok("preview", "--stack", project.stack, "--expect-no-changes"));
        took.get(project)?.push(seconds);
      }
    }
    for (const project of projects) await project.ok("destroy", "--yes", "--stack", project.stack, "--skip-preview");
    return [
      {
        name: `pulumi preview of ${count} volumes without a change, against a provider that does nothing`,
        value: median(took.get(ours) ?? []),
        floor: median(took.get(idle) ?? []),
        unit: "s",
        limit: { ratio: 1.15 },
      },
    ];
  } finally {
    await lifetime.end();
  }
}
