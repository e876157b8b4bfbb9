import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { heldBy } from "../support/cinder/empty.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { removeImage } from "../support/cleanup.js";
import { prepareForGo, prepareForPython } from "../support/languages.js";
import { root } from "../support/paths.js";
import { Project } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

const folder = join(root, "docs/examples");

/** The examples in docs/, and what each makes. */
const examples = {
  overview: ["Attachment", "Backend", "Volume"],
  backend: ["Backend", "Backend"],
  volume: ["Backend", "Volume", "Volume"],
  snapshot: ["Backend", "Snapshot", "Volume", "Volume"],
  attachment: ["Attachment", "Attachment", "Backend", "Backend", "Volume", "Volume"],
  functions: ["Backend", "Volume"],
};

/** Each with the file of its programs, and what a project needs once. */
const languages = {
  typescript: { file: "index.ts", prepare: async () => undefined },
  python: { file: "__main__.py", prepare: prepareForPython },
  go: { file: "main.go", prepare: (project: Project) => prepareForGo(project, folder, "overview") },
};

describe("the examples of docs/: up, nothing left to do, destroy", () => {
  const { rig } = rigFor({ backends: ["nfs"] });

  for (const [language, { file, prepare }] of Object.entries(languages))
    test(language, { timeout: 900_000 }, async (t) => {
      const entry = { file: "index.ts", text: "" };
      const env = { CINDER_ENDPOINT: rig().endpoint, OS_PROJECT_ID: rig().project };
      const project = await Project.make(t, language, { entry, env });
      const earlier = { here: await snapshot(project.data("")), there: await heldBy(rig()) };
      await prepare(project);
      for (const [example, kinds] of Object.entries(examples)) {
        const begin = performance.now();
        const program = await readFile(join(folder, example, file), "utf8");
        await project.write(file, program.replace("/mnt/data", project.data("mnt")));
        await project.okUp("--skip-preview");
        const made = await project.resources();
        const images = made.flatMap(({ outputs }) => {
          const { loopFile } = (outputs.lvm ?? {}) as { loopFile?: { path: string } };
          return loopFile ? [{ path: loopFile.path, group: String(outputs.volumeGroup) }] : [];
        });
        for (const { path, group } of images) t.after(() => removeImage(path, group));
        assert.deepEqual(made.map(({ type }) => type.split(":").at(-1)).sort(), kinds);
        const outputs = await project.ok("stack", "output", "--json", "--stack", project.stack);
        for (const [name, value] of Object.entries(JSON.parse(outputs) as object))
          assert.ok(value, `${example}: ${name}`);
        await project.ok("preview", "--stack", project.stack, "--expect-no-changes");
        const { code, output } = await project.destroy("--skip-preview");
        assert.equal(code, 0, output);
        for (const { path } of images) assert.equal(existsSync(path), false);
        t.diagnostic(`${example}: ${Math.round((performance.now() - begin) / 100) / 10} s`);
      }
      assert.deepEqual({ here: await snapshot(project.data("")), there: await heldBy(rig()) }, earlier);
    });
});
