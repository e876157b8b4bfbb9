import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertExactly } from "../support/cinder/exactly.js";
import { OwnProject } from "../support/cinder/ownProject.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { again } from "../support/crash.js";
import { type Interruption, interrupt } from "../support/interrupt.js";
import { type Made, Project } from "../support/pulumi.js";
import type { Door } from "../support/rpc.js";
import { until } from "../support/until.js";

/** How long the driver takes for what it is asked: less than the 5 s that the engine gives its providers in the end. */
const heldS = 4;

const cases: (Interruption & { door: Door })[] = [
  { door: "plugin", times: 1, who: "its group" },
  { door: "plugin", times: 2, who: "the CLI" },
  { door: "dynamic", times: 1, who: "the CLI" },
  { door: "dynamic", times: 2, who: "its group" },
];

const update = ["up", "--yes", "--skip-preview"] as const;
const nothing = { types: [], volumes: [], snapshots: [], attachments: [] };
const volume = (name: string, args: object = {}): Made => ({
  kind: "Volume",
  name,
  args: { backend: { idOf: "pool" }, size: 1, ...args },
});

describe("Ctrl-C while a Cinder is at work", { concurrency: 2 }, () => {
  const { rig } = rigFor({ backends: ["faults"], quotas: { volumes: -1, snapshots: -1, gigabytes: -1 } });

  async function begin(t: { after(body: () => Promise<void>): void }, door: Door) {
    const own = new OwnProject(rig());
    const env = { CINDER_ENDPOINT: rig().endpoint, OS_PROJECT_ID: own.id };
    const project = await Project.make(t, "interrupted", { env });
    project.door = door;
    const cinder = { volumeBackendName: "faults" };
    const pool: Made = { kind: "Backend", name: "pool", args: { name: own.named("pool"), cinder } };
    const statuses = async () => Object.fromEntries((await own.held()).volumes.map(({ id, status }) => [id, status]));
    return { own, project, pool, statuses };
  }

  for (const { door, times, who } of cases) {
    const name = `${times === 1 ? "once" : "twice"}, to ${who}, through the ${door} door: create, extend and attach`;
    it(name, { timeout: 240_000 }, async (t) => {
      const { own, project, pool, statuses } = await begin(t, door);
      project.program = [pool, volume("grown"), volume("exported")];
      await project.okUp("--skip-preview");
      const [grown, exported] = await Promise.all(["grown", "exported"].map((one) => project.resource(one)));
      assert.ok(grown && exported);
      const arm = (id: string, fault: string) => own.call("POST", `/volumes/${id}/metadata`, { metadata: { fault } });
      await arm(grown.id, `slowextend-${heldS}`);
      await arm(exported.id, `slowattach-${heldS}`);

      const connector = { hostName: "host", initiator: "iqn.2026-01.org.example:host" };
      const disk: Made = { kind: "Attachment", name: "disk", args: { volume: { idOf: "exported" }, connector } };
      const made = volume("made", { name: `slowcreate-${heldS}` });
      project.program = [pool, volume("grown", { size: 2 }), volume("exported"), disk, made];
      const isAtWork = async () => {
        const { [grown.id]: first, [exported.id]: second, ...rest } = await statuses();
        return first === "extending" && second !== "available" && Object.values(rest)[0] === "creating";
      };
      const cutShort = await interrupt(project, { times, who }, update, () =>
        until("Cinder is at work", isAtWork, { everyMs: 20 }),
      );
      assert.notEqual(cutShort.code, 0, cutShort.output);

      if (times === 1) {
        // The state knows what exists, and that not all of it is whole.
        const states = await project.resources();
        const ids = states.map(({ id }) => id.split("/").at(-1));
        const { volumes, attachments } = await own.held();
        for (const { id } of [...volumes, ...attachments]) assert.ok(ids.includes(id), `${id} is not in the state`);
        assert.equal(volumes.length + attachments.length + 1, ids.length);
      }
      // What only waits is not waited for by the plugin; the other door is not told of the interruption.
      if (door === "plugin") {
        assert.match(
          cutShort.output,
          /Volume slowcreate-4 .* before the update was interrupted\. .*run again.*CANCELL/,
        );
        assert.match(cutShort.output, /could not grow from 1 to 2 GiB before the update was interrupted/);
      }
      const partly = times === 1 ? await project.resource("made") : undefined;

      await again(project, () => project.up("--skip-preview"));
      await assertExactly(own, project);
      assert.deepEqual(
        [(await project.resource("grown")).outputs.size, (await project.resource("grown")).id],
        [2, grown.id],
      );
      if (partly) assert.equal((await project.resource("made")).id, partly.id);
      // Its refresh takes off the marks of what the interrupted run has made.
      await project.expectNoChanges();
      assert.deepEqual(await own.marks(), []);
      await again(project, () => project.destroy("--skip-preview"));
      assert.deepEqual(await own.held(), nothing);
    });
  }

  it("what waits for its turn is not begun", { timeout: 240_000 }, async (t) => {
    const { own, project, pool, statuses } = await begin(t, "plugin");
    await project.ok("config", "set", "blockbox:maxInFlight", "1", "--stack", project.stack);
    const waiting = ["one", "two", "three"].map((name) => volume(name, { name: `slowcreate-${heldS}` }));
    project.program = [pool, ...waiting];
    const isAtWork = async () => Object.values(await statuses()).includes("creating");
    const { code, output } = await interrupt(project, { times: 1, who: "its group" }, update, () =>
      until("Cinder is at work", isAtWork, { everyMs: 20 }),
    );
    assert.notEqual(code, 0, output);
    assert.match(output, /Interrupted while waiting for its turn among the changes of the block service.*CANCELLED/);
    const { volumes } = await own.held();
    const known = (await project.resources()).filter(({ type }) => type.endsWith(":Volume"));
    assert.deepEqual(
      volumes.map(({ id }) => id),
      known.map(({ id }) => id),
    );
    assert.equal(volumes.length, 1);
    // And a destroy, which waits for what is still being made.
    await again(project, () => project.destroy("--skip-preview"));
    assert.deepEqual(await own.held(), nothing);
  });
});
