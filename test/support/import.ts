import assert from "node:assert/strict";
import { join } from "node:path";
import type { Made, Project, Resource } from "./pulumi.js";
import type { Props } from "./rpc.js";

const options = ["--yes", "--protect=false", "--generate-code=false"];

/** Forgets all that the stack has, and deletes nothing. */
export async function forget(project: Project): Promise<Resource[]> {
  const made = await project.resources();
  for (const { urn } of [...made].reverse())
    await project.ok("state", "delete", urn, "--yes", "--stack", project.stack);
  assert.deepEqual(await project.resources(), []);
  return made;
}

const nameOf = ({ urn }: Pick<Resource, "urn">) => urn.split("::").at(-1) ?? "";

/** All in one file, as `pulumi import` takes many. `told`: inputs that nobody but the program knows. */
export async function importAll(project: Project, made: Resource[], told: Record<string, object> = {}): Promise<void> {
  const resources = made.map((one) => {
    const name = nameOf(one);
    return { type: one.type, name, id: one.id, ...(told[name] ? { inputs: told[name] } : {}) };
  });
  await project.write("import.json", JSON.stringify({ resources }));
  await project.ok("import", "--file", join(project.dir, "import.json"), ...options, "--stack", project.stack);
}

/** Nothing is left to do. */
export const assertNothingToDo = (project: Project) =>
  project.ok("preview", "--stack", project.stack, "--expect-no-changes");

/** The same program, not saying what volumes began as copies of. */
export const withoutSources = (program: Made[]): Made[] =>
  program.map((one) => {
    const { snapshotId: _s, sourceVolumeId: _v, ...args }: Props = { size: 1, ...one.args };
    return one.kind === "Volume" ? { ...one, args } : one;
  });
