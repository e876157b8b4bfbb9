import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rigFor } from "../support/cinder/rigFor.js";
import { edit, firstModel, programOf } from "../support/fidelity/model.js";
import { assertAsSaid, stepsOf } from "../support/fidelity/steps.js";
import { Project } from "../support/pulumi.js";
import { random } from "../support/random.js";
import type { Door } from "../support/rpc.js";

const seed = Number(process.env.BLOCKBOX_SEED ?? Math.floor(Math.random() * 2 ** 31));
const edits = Number(process.env.BLOCKBOX_EDITS ?? 20);
/** Of a program, before the next one begins. */
const editsOfProgram = 10;

describe("a preview tells the truth", () => {
  const { rig } = rigFor({ backends: ["faults"] });
  console.log(`programs and edits: BLOCKBOX_SEED=${seed}`);

  for (let first = 0; first < edits; first += editsOfProgram) {
    const numbers = random(seed + first);
    const door: Door = numbers.pick(["dynamic", "plugin"]);
    test(`edits ${first + 1} to ${Math.min(edits, first + editsOfProgram)}, by the ${door} door`, {
      timeout: editsOfProgram * 60_000,
    }, async (t) => {
      const project = await Project.make(t, "fidelity", { env: { PULUMI_DEBUG_COMMANDS: "1" } });
      project.door = door;
      for (const [key, value] of Object.entries({ endpoint: rig().endpoint, project: rig().project }))
        await project.ok("config", "set", "--stack", project.stack, `blockbox:${key}`, value);
      let model = firstModel(numbers);
      let refused = 0;
      for (let count = 0; count <= Math.min(editsOfProgram, edits - first); count += 1) {
        const next = structuredClone(model);
        const what = count === 0 ? "the first program" : edit(next, numbers);
        project.program = programOf(next, project.group, (name) => project.data(name));
        const before = await project.resources();
        const { steps: said, output } = await stepsOf(project, "preview");
        t.diagnostic(`${what}: ${said ? JSON.stringify(said) : "refused"}`);
        if (said === undefined) {
          assert.ok(count > 0, output);
          assert.deepEqual(await project.resources(), before);
          refused += 1;
          continue;
        }
        const update = await stepsOf(project, "up");
        assertAsSaid(update.steps, said, `${what}\n${JSON.stringify(project.program)}\n${update.output}`);
        model = next;
        await project.ok("preview", "--stack", project.stack, "--expect-no-changes");
      }
      assert.ok(refused < editsOfProgram, "all edits were refused");
      const { code, output } = await project.destroy("--skip-preview", "--run-program");
      assert.equal(code, 0, output);
    });
  }
});
