import { sharedLifetime } from "../../support/bed.js";
import type { CinderRig } from "../../support/cinder/options.js";
import { Raw } from "../../support/cinder/raw.js";
import { type Made, Project } from "../../support/pulumi.js";
import { type Figure, timed } from "../figures.js";

/** The same once through the real CLI, whole commands: Pulumi's own start and bookkeeping are in these. */
export async function cliFigures(rig: CinderRig, count: number): Promise<Figure[]> {
  const lifetime = sharedLifetime();
  const volumeType = await new Raw(rig).type("nfs");
  const parallel = ["--parallel", "100", "--skip-preview"];
  try {
    const env = { CINDER_ENDPOINT: rig.endpoint, OS_PROJECT_ID: rig.project };
    const project = await Project.make(lifetime, "bench", { env });
    project.program = [...Array(count).keys()].map((index): Made => {
      return { kind: "Volume", name: `cli-${index}`, args: { size: 1, volumeType } };
    });
    const up = await timed(() => project.okUp(...parallel));
    const destroy = await timed(() => project.ok("destroy", "--yes", "--stack", project.stack, ...parallel));
    return [
      { name: `  pulumi up of ${count}, the whole command`, value: up, unit: "s" },
      { name: `  pulumi destroy of ${count}, the whole command`, value: destroy, unit: "s" },
    ];
  } finally {
    await lifetime.end();
  }
}
