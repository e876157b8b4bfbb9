import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { pythonBin } from "../../tools/steps/languages.mjs";
import { root } from "./paths.js";
import type { Project } from "./pulumi.js";
import { command } from "./system.js";

/** Has a project run Python programs, which find sdk/python as pip installs it: from a copy, since it is built where it is. */
export async function prepareForPython(project: Project): Promise<void> {
  const { dir, env } = project;
  await writeProjectFile(project, "python");
  await cp(join(root, "sdk/python"), join(dir, "sdk"), { recursive: true });
  const offline = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation"];
  const python = join(pythonBin(), "python");
  const packages = join(dir, "packages");
  await command(python, "-m", "pip", "install", ...offline, "--target", packages, join(dir, "sdk"));
  Object.assign(env, { PYTHONPATH: packages, PATH: `${pythonBin()}:${env.PATH}` });
}

/** Has a project run Go programs, which have the module of that folder. `program` is a package in it. */
export async function prepareForGo(project: Project, module: string, program: string): Promise<void> {
  await writeProjectFile(project, "go");
  const text = await readFile(join(module, "go.mod"), "utf8");
  await project.write("go.mod", text.replace("../../sdk/go", join(root, "sdk/go")));
  await cp(join(module, "go.sum"), join(project.dir, "go.sum"));
  // What it takes is compiled once, which may take minutes: Pulumi's host would not tell of that.
  await execa("go", ["build", "-o", "/dev/null", `./${program}`], { cwd: module, timeout: 500_000 });
  // Without what only debuggers read: the host links at each run.
  project.env.GOFLAGS = "-ldflags=-w";
}

/** With the plugin of this checkout, where examples have that of their own place. */
function writeProjectFile(project: Project, runtime: string): Promise<void> {
  const plugin = `plugins:\n  providers:\n    - name: blockbox\n      path: ${root}dist/provider/plugin\n`;
  return project.write("Pulumi.yaml", `name: ${project.project}\nruntime: ${runtime}\n${plugin}`);
}
