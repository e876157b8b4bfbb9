import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { heldBy } from "../support/cinder/empty.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { everyKind } from "../support/everyKind.js";
import { elsewhere, keptIn, madeNow } from "../support/keptStack.js";
import { root } from "../support/paths.js";
import { Project } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

const folder = join(root, "test/kept");
const content = pattern("kept", 2 ** 20);

/** A release that is to be kept now: its stacks are written anew. See test/kept/README.md. */
const toKeep = process.env.BLOCKBOX_KEEP;
const releases = [...new Set([...readdirSync(folder).filter((name) => /^\d/.test(name)), ...(toKeep ? [toKeep] : [])])];

describe("a stack that an earlier release wrote", () => {
  const { rig } = rigFor({ backends: ["faults"] });
  let earlier: Record<string, string[]>;
  before(async () => {
    earlier = await heldBy(rig());
  });

  for (const release of releases)
    for (const door of ["dynamic", "plugin"] as const)
      test(`${release}, by the ${door} door: nothing to do, nothing drifted, and all of it can be deleted`, {
        timeout: 300_000,
      }, async (t) => {
        const project = await Project.make(t, "kept");
        const stack = ["--stack", project.stack];
        const load = async (text: string) => {
          await project.write("kept.json", text);
          await project.ok("stack", "import", "--file", "kept.json", ...stack);
        };
        project.door = door;
        for (const [key, value] of Object.entries({ endpoint: rig().endpoint, project: rig().project }))
          await project.ok("config", "set", ...stack, `blockbox:${key}`, value);
        const host = await snapshot(project.data(""));
        project.program = everyKind(project);
        await project.okUp("--skip-preview");
        const file = join(project.data("disk"), "file");
        await writeThrough(file, content);
        const place = join(folder, release, `${door}.json`);
        if (toKeep === release) {
          mkdirSync(join(folder, release), { recursive: true });
          writeFileSync(place, await project.ok("stack", "export", "--show-secrets", ...stack));
        }

        const kept = await readFile(place, "utf8");
        await load(madeNow(kept, keptIn(kept), project, await project.resources()));
        await project.expectNoChanges();
        assert.match(await project.okUp("--skip-preview"), /\n\s+9 unchanged/);
        assert.equal(await sha256(file), digest(content));
        const { code, output } = await project.destroy("--skip-preview", "--run-program");
        assert.equal(code, 0, output);
        assert.deepEqual(await heldBy(rig()), earlier);
        assert.deepEqual(await snapshot(project.data("")), host);

        // What lives elsewhere is absent here, and that is not gone.
        await load(elsewhere(kept, keptIn(kept), project));
        const urns = async () => (await project.resources()).map(({ urn }) => urn).sort();
        const recorded = await urns();
        assert.equal(recorded.length, project.program.length);
        await project.refresh("--run-program");
        const removal = await project.destroy("--skip-preview", "--run-program");
        assert.notEqual(removal.code, 0, removal.output);
        assert.deepEqual(await urns(), recorded);
        await project.ok("stack", "rm", "--force", "--yes", project.stack);
      });
});
