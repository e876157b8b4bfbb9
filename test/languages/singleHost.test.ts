import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { pythonBin } from "../../tools/steps/languages.mjs";
import { removeImage } from "../support/cleanup.js";
import { root } from "../support/paths.js";
import { Project } from "../support/pulumi.js";
import { command, snapshot } from "../support/system.js";

const limit = { timeout: 900_000 };

for (const language of ["python", "go"] as const) {
  test(`examples/single-host-${language}: up, nothing left to do, grow, destroy`, limit, async (t) => {
    const example = join(root, `examples/single-host-${language}`);
    const project = await Project.make(t, language);
    const earlier = await snapshot(project.data(""));
    await cp(example, project.dir, { recursive: true });
    // As the example has it, but for the places of what this checkout brings.
    await project.write(
      "Pulumi.yaml",
      `name: ${project.project}\nruntime: ${language}\nplugins:\n  providers:\n    - name: blockbox\n      path: ${root}dist/provider/plugin\n`,
    );
    if (language === "go") {
      const module = await readFile(join(example, "go.mod"), "utf8");
      await project.write("go.mod", module.replace("../../sdk/go", join(root, "sdk/go")));
      // The first time it takes minutes, which Pulumi's host would not tell of.
      await execa("go", ["build", "-o", "/dev/null", "."], { cwd: project.dir, timeout: 500_000 });
    } else await installForPython(project);
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

/** sdk/python as pip installs it, from a copy, since it is built where it is. */
async function installForPython({ dir, env }: Project): Promise<void> {
  await cp(join(root, "sdk/python"), join(dir, "sdk"), { recursive: true });
  const offline = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation"];
  await command(
    join(pythonBin(), "python"),
    "-m",
    "pip",
    "install",
    ...offline,
    "--target",
    join(dir, "packages"),
    join(dir, "sdk"),
  );
  Object.assign(env, { PYTHONPATH: join(dir, "packages"), PATH: `${pythonBin()}:${env.PATH}` });
}
