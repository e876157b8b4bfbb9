import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertExactly } from "../support/cinder/exactly.js";
import { OwnProject } from "../support/cinder/ownProject.js";
import { type FaultProxy, startProxy } from "../support/cinder/proxy.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { again, crashRounds, crashSeed, outlive, type Strike, strike } from "../support/crash.js";
import { type Made, Project } from "../support/pulumi.js";
import { random } from "../support/random.js";

const rounds = crashRounds(10);

/** How often a round looks for a moment at which there is something to end. */
const mostTries = 4;

/** 5 volumes, one of them of a snapshot, with a snapshot and 2 attachments; an edit changes some and makes others anew. */
function programOf(own: OwnProject, edition: number): Made[] {
  const isNew = edition % 2 === 1;
  const cinder = { volumeBackendName: "faults", extraSpecs: { multiattach: "<is> True" } };
  const volume = (name: string, args: object = {}): Made => ({
    kind: "Volume",
    name,
    args: { backend: { ref: "pool" }, size: 1, ...args },
  });
  const disk = (name: string, of: string): Made => ({
    kind: "Attachment",
    name,
    args: { volume: { ref: of }, connector: { hostName: name, initiator: `iqn.2026-01.org.example:${name}` } },
  });
  const turn = isNew ? "new" : "old";
  return [
    { kind: "Backend", name: "pool", args: { name: own.named("pool"), cinder } },
    volume("a", { metadata: { edition: turn }, description: turn }),
    volume("b", { name: `b-${turn}` }),
    // Another volume and snapshot with each edit, in the place of the other one.
    volume(`c-${turn}`),
    { kind: "Snapshot", name: `snapshot-${turn}`, args: { volume: { ref: "b" } } },
    volume(`d-${turn}`, { snapshotId: { idOf: `snapshot-${turn}` } }),
    volume("e", { bootable: isNew }),
    disk("disk-a", "a"),
    disk(`disk-${turn}`, "a"),
  ];
}

describe(`crash rounds against Cinder: BLOCKBOX_SEED=${crashSeed}`, () => {
  const endings: (() => Promise<void>)[] = [];
  // Before the rig itself ends.
  after(async () => {
    for (const ending of endings.reverse()) await ending();
    await proxy?.stop();
  });
  const { rig } = rigFor({ backends: ["faults"], quotas: { volumes: -1, snapshots: -1, gigabytes: -1 } });
  let own: OwnProject;
  let project: Project;
  let edition = 0;
  let proxy: FaultProxy;

  before(async () => {
    own = new OwnProject(rig());
    proxy = await startProxy(rig().endpoint);
    const lifetime = { after: (body: () => Promise<void>) => void endings.push(body) };
    project = await Project.make(lifetime, "cinder-crash", {
      env: { CINDER_ENDPOINT: proxy.endpoint, OS_PROJECT_ID: own.id },
    });
  });
  /** Has the program's edition made, if it is not. */
  async function begin(): Promise<void> {
    project.program = programOf(own, edition);
    if ((await own.held()).volumes.length > 0) return;
    await again(project, () => project.up("--skip-preview"));
  }

  for (let round = 1; round <= rounds; round += 1) {
    const { pick, below } = random(crashSeed + round);
    const what = round % 5 === 2 || round % 5 === 4 ? "destroy" : "edit";
    const victim = pick(["cli", "provider", "both"]);
    // How many requests may change something before: an edit makes some 25, a destroy some 10.
    const requests = below(what === "edit" ? 22 : 9) + 1;
    const delayMs = below(300);
    const waits = pick([true, false]);
    const name = `round ${round}: kill -9 of the ${victim} during ${what}, ${delayMs} ms after change ${requests}`;

    it(name, { timeout: 240_000 }, async (t) => {
      let struck: Strike | undefined;
      for (let [tries, left] = [1, requests]; struck?.outcome !== "hit"; tries += 1) {
        assert.ok(tries <= mostTries, `nothing could be killed at work in ${mostTries} tries`);
        await begin();
        if (what === "edit") {
          edition += 1;
          project.program = programOf(own, edition);
        }
        const args = [what === "edit" ? "up" : "destroy", "--yes", "--stack", project.stack, "--skip-preview"];
        proxy.journal.clear();
        struck = await strike(project, victim, args, async (ended) => {
          let isOver = false;
          void ended.then(() => {
            isOver = true;
          });
          while (!isOver && proxy.journal.writes().length < left) await sleep(10);
          await sleep(delayMs);
        });
        const { volumes, snapshots, attachments } = await own.held();
        const there = `${volumes.length} volumes, ${snapshots.length} snapshots, ${attachments.length} attachments`;
        t.diagnostic(`${struck.outcome} at ${proxy.journal.writes().length} changes; there were ${there} then`);
        left = Math.ceil(left / 2);
      }
      if (waits) await outlive(struck.watchers);

      if (what === "destroy") return end();
      await again(project, () => project.up("--skip-preview"));
      await assertExactly(own, project);
      // Its refresh takes off the marks of what a killed run has made and the state knows of.
      await project.expectNoChanges();
      assert.deepEqual(await own.marks(), []);
    });
  }

  it("a destroy leaves nothing", () => end());

  async function end(): Promise<void> {
    await again(project, () => project.destroy("--skip-preview"));
    assert.deepEqual(await project.resources(), []);
    assert.deepEqual(await own.held(), { types: [], volumes: [], snapshots: [], attachments: [] });
    assert.deepEqual(await readdir(rig().filesOf("faults")), []);
  }
});
