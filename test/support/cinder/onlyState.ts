import assert from "node:assert/strict";
import type { Deployment, Kind } from "../deployment.js";
import type { Held, OwnProject, Thing } from "./ownProject.js";

/**
 * That Cinder has nothing that the state does not know of; unless `how` is "nothing more", that it has all that the
 * state knows of; and for "all whole" that each of it is as it should be.
 */
export async function assertOnlyState(
  project: OwnProject,
  deployment: Deployment,
  how: "nothing more" | "all" | "all whole" = "all whole",
): Promise<Held> {
  const held = await project.held();
  const said = `in Cinder: ${JSON.stringify(held, undefined, 1)}`;
  const states = [...deployment.state.values()];
  const compare = (kind: Kind, inCinder: readonly string[]) => {
    const known = states.filter((one) => one.kind === kind).map(({ id }) => id.split("/").at(-1) ?? "");
    const expected = how === "nothing more" ? known.filter((id) => inCinder.includes(id)) : known;
    assert.deepEqual([...inCinder].sort(), expected.sort(), `${kind}s ${said}`);
  };
  const ids = (things: readonly Thing[]) => things.map(({ id }) => id);
  const types = held.types.map((name) => `cinder:${name}`);
  compare("Backend", types);
  compare("Volume", ids(held.volumes));
  compare("Snapshot", ids(held.snapshots));
  compare("Attachment", ids(held.attachments));
  if (how !== "all whole") return held;
  for (const { status } of [...held.volumes, ...held.snapshots]) assert.match(status, /^(available|in-use)$/, said);
  for (const { status } of held.attachments) assert.equal(status, "attached", said);
  return held;
}
