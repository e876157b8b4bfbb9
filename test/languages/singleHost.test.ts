import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { removeImage } from "../support/cleanup.js";
import { prepareForGo, prepareForPython } from "../support/languages.js";
import { root } from "../support/paths.js";
import { Project } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

const limit = { timeout: 900_000 };
const programs = { python: "__main__.py", go: "main.go" };

for (const language of ["python", "go"] as const) {
  test(`examples/single-host-${language}: up, nothing left to do, grow, destroy`, limit, async (t) => {
    const example = join(root, `examples/single-host-${language}`);
    const project = await Project.make(t, language);
    const earlier = await snapshot(project.data(""));
    await cp(join(example, programs[language]), join(project.dir, programs[language]));
    if (language === "go") await prepareForGo(project, example, ".");
    else await prepareForPython(project);
    const config = (key: string, value: string) => project.ok("config", "set", "--stack", project.stack, key, value);
    await config("path", project.data("mnt"));

    await project.okUp();
    const { outputs: pool } = await project.resource("pool");
    const { path } = (pool.lvm as { loopFile: { path: string } }).loopFile;
    t.after(() => removeImage(path, String(pool.volumeGroup)));
    assert.ok(existsSync(project.data("mnt")));
    await project.expectNoChanges();

    await config("sizeGib", "2");
    assert.match(await project.okUp("--skip-preview"), /2 updated/);
    const outputs = JSON.parse(await project.ok("stack", "output", "--json", "--stack", project.stack));
    assert.equal(outputs.sizeGib, 2);
    assert.equal(outputs.mountPoint, project.data("mnt"));
    await project.expectNoChanges();

    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
    assert.deepEqual(await snapshot(project.data("")), earlier);
  });
}
