import assert from "node:assert/strict";
import { test } from "node:test";
import { type Made, Project } from "../support/pulumi.js";
import { random } from "../support/random.js";
import { snapshot } from "../support/system.js";

// Always the same plans, unless others are asked for.
const seed = Number(process.env.BLOCKBOX_SEED ?? 7);
const plans = 10;
/** Of one stack: each is made on top of those that went through before. */
const plansOfStack = 5;

interface Plan {
  /** Of the loop file, in GiB. */
  file: number;
  /** GiB by name. */
  volumes: Record<string, number>;
}

function programOf(project: Project, { file, volumes }: Plan): Made[] {
  const loopFile = { path: project.data("pool.img"), size: file, sparse: true };
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    ...Object.entries(volumes).map(
      ([name, size]): Made => ({ kind: "Volume", name, args: { backend: { ref: "pool" }, size } }),
    ),
  ];
}

console.log(`plans: BLOCKBOX_SEED=${seed}`);

for (let stack = 0; stack < plans / plansOfStack; stack += 1) {
  test(`no preview that passes is followed by an update that lacks room, plans ${stack * plansOfStack + 1} to ${(stack + 1) * plansOfStack}`, {
    timeout: 240_000,
  }, async (t) => {
    const { pick, below } = random(seed + stack);
    const project = await Project.make(t, "capacity");
    const earlier = await snapshot(project.data(""));
    let plan: Plan = { file: 4 + below(5), volumes: {} };
    let made = 0;
    const next = (): Plan => {
      const volumes = { ...plan.volumes };
      for (const name of Object.keys(volumes)) {
        const fate = pick(["stays", "stays", "grows", "goes"]);
        if (fate === "grows") volumes[name] = (volumes[name] ?? 0) + 1 + below(2);
        if (fate === "goes") delete volumes[name];
      }
      for (let more = 1 + below(3); more > 0; more -= 1) {
        made += 1;
        volumes[`v${made}`] = 1 + below(3);
      }
      return { file: plan.file + pick([0, 0, 2]), volumes };
    };
    for (let count = 0; count < plansOfStack; count += 1) {
      const wanted = count === 0 ? { ...plan, volumes: { first: 2 } } : next();
      project.program = programOf(project, wanted);
      const before = await snapshot(project.data(""));
      const { code, output } = await project.preview();
      const words = JSON.stringify({ from: plan, to: wanted });
      t.diagnostic(`${code === 0 ? "passes" : "is refused"}: ${words}`);
      if (code !== 0) {
        assert.ok(count > 0, output);
        assert.match(output, /property (size|lvm\.loopFile\.size)[^\n]* has a problem: [^\n]*GiB/, words);
        assert.deepEqual(await snapshot(project.data("")), before);
        continue;
      }
      await project.okUp("--skip-preview");
      plan = wanted;
    }
    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
    assert.deepEqual(await snapshot(project.data("")), earlier);
  });
}
