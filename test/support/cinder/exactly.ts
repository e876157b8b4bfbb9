import assert from "node:assert/strict";
import type { Project } from "../pulumi.js";
import type { OwnProject } from "./ownProject.js";

/** That the state has what the program lists, and Cinder what the state has: no more, no less, and all of it whole. */
export async function assertExactly(own: OwnProject, project: Project): Promise<void> {
  const resources = await project.resources();
  const wanted = project.program.map(({ name }) => name).sort();
  assert.deepEqual(resources.map(({ urn }) => urn.split("::").at(-1)).sort(), wanted);
  const held = await own.held();
  const ids = (type: string) =>
    resources.filter((one) => one.type.endsWith(type)).map(({ id }) => id.split("/").at(-1));
  const said = JSON.stringify(held, undefined, 1);
  assert.deepEqual(held.volumes.map(({ id }) => id).sort(), ids("Volume").sort(), said);
  assert.deepEqual(held.snapshots.map(({ id }) => id).sort(), ids("Snapshot").sort(), said);
  assert.deepEqual(held.attachments.map(({ id }) => id).sort(), ids("Attachment").sort(), said);
  assert.deepEqual(
    held.types.map((name) => `cinder:${name}`),
    ids("Backend"),
    said,
  );
  for (const { status } of [...held.volumes, ...held.snapshots]) assert.match(status, /^(available|in-use)$/, said);
  for (const { status } of held.attachments) assert.equal(status, "attached", said);
}
