import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { loopsOver, mountsUnder } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import {
  again,
  crashRounds,
  crashSeed,
  outlive,
  type Strike,
  strike,
  type Victim,
  workBegun,
} from "../support/crash.js";
import { within } from "../support/guest.js";
import { type Made, Project } from "../support/pulumi.js";
import { random } from "../support/random.js";
import { hasDeviceMapper, logicalVolumes, snapshot } from "../support/system.js";

const seed = crashSeed;
const rounds = crashRounds(hasDeviceMapper() ? 6 : 10);
const gib = 1024 ** 3;

/** Where the edited program has moved the second disk to. */
const moved = "elsewhere/disk-b";

interface Wishes {
  /** Volumes are larger, and a disk is elsewhere. */
  edited: boolean;
  /** There are more volumes. */
  more: boolean;
}

function programOf(project: Project, { edited, more }: Wishes): Made[] {
  const size = edited ? 2 : 1;
  const loopFile = { path: project.data("pool.img"), size: 8, sparse: true };
  const volume = (name: string, gibs: number): Made => ({
    kind: "Volume",
    name,
    args: { backend: { ref: "pool" }, size: gibs },
  });
  const disk = (name: string, of: string, path = name, fsType = "ext4"): Made => ({
    kind: "Attachment",
    name,
    args: { volume: { ref: of }, mount: { path: project.data(path), fsType } },
  });
  // Without device-mapper there are no snapshots.
  const copies: Made[] = [
    { kind: "Snapshot", name: "snap", args: { volume: { ref: "a" } } },
    { kind: "Volume", name: "copy", args: { backend: { ref: "pool" }, snapshotId: { ref: "snap" } } },
    disk("disk-copy", "copy"),
  ];
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    volume("a", size),
    disk("disk-a", "a"),
    volume("b", size),
    disk("disk-b", "b", edited ? moved : "disk-b", "xfs"),
    ...(more ? [volume("c", 1), disk("disk-c", "c")] : []),
    ...(more && hasDeviceMapper() ? copies : []),
  ];
}

/** What is killed, and what is run afterwards; of five rounds three are of an edit. */
const kinds = [
  { what: "edit", next: "the same again" },
  { what: "destroy", next: "the same again" },
  { what: "edit", next: "a program without what was new" },
  { what: "destroy", next: "the same again" },
  { what: "edit", next: "destroy" },
] as const;
const victims: readonly Victim[] = ["cli", "provider", "both"];

/** How often a round looks for a moment at which there is something to end. */
const mostTries = 3;

console.log(`crash rounds: BLOCKBOX_SEED=${seed}`);

for (let round = 1; round <= rounds; round += 1) {
  const { pick, below } = random(seed + round);
  const { what, next } = kinds[(round - 1) % kinds.length] ?? kinds[0];
  const victim = victims[(seed + round) % victims.length] ?? "both";
  // after a provider has begun to work, as a part of the time that the first update took
  const moment = (below(1_000) / 1_000) * (what === "edit" ? 0.36 : 0.2);
  const waits = pick([true, false]);
  const name = `round ${round}: kill -9 of ${victim} during ${what}, ${moment.toFixed(2)} of a run's time into the work, then ${next}`;

  test(name, { timeout: within(300_000) }, async (t) => {
    const project = await Project.make(t, "crash");
    const earlier = await snapshot(project.data(""));
    const bytes = pattern(`crash ${seed} ${round}`, 8 * 1024 * 1024 + 11);
    const files = ["disk-a", "disk-b"].map((disk) => join(project.data(disk), "file"));
    const args = [what === "edit" ? "up" : "destroy", "--yes", "--stack", project.stack, "--skip-preview"];

    let struck: Strike | undefined;
    for (let [tries, at] = [1, moment]; struck?.outcome !== "hit"; tries += 1) {
      assert.ok(tries <= mostTries, `nothing could be killed at work in ${mostTries} tries`);
      if (tries > 1) await again(project, () => project.destroy("--skip-preview"));
      project.program = programOf(project, { edited: false, more: false });
      const begin = performance.now();
      await project.okUp("--skip-preview");
      const delayMs = Math.round((performance.now() - begin) * at);
      for (const file of files) await writeThrough(file, bytes);
      project.program = programOf(project, { edited: true, more: true });
      struck = await strike(project, victim, args, async (ended) => {
        await workBegun(project, ended);
        await sleep(delayMs);
      });
      const { outcome, watchers } = struck;
      t.diagnostic(
        `${outcome} after ${delayMs} ms with ${watchers.length / 2} providers at work; ${(await logicalVolumes(project.group).catch(() => [])).length} volumes then`,
      );
      at *= 0.7;
    }
    const { watchers } = struck;
    if (waits) await outlive(watchers);

    if (what === "edit" && next !== "destroy") {
      const more = next === "the same again";
      project.program = programOf(project, { edited: true, more });
      await again(project, () => project.up("--skip-preview"));
      const disks = ["a", "b", ...(more ? ["c"] : []), ...(more && hasDeviceMapper() ? ["copy"] : [])];
      const others = more && hasDeviceMapper() ? ["pool", "snap"] : ["pool"];
      const names = (await project.resources()).map(({ urn }) => urn.split("::").at(-1)).sort();
      assert.deepEqual(names, [...disks, ...disks.map((disk) => `disk-${disk}`), ...others].sort());
      // What was made for the new resources, and no program wants, goes with the Backend.
      if (more) await assertNothingElse(project, disks.length);
      const paths = ["disk-a", moved, ...(more && hasDeviceMapper() ? ["disk-copy"] : [])];
      for (const path of paths) assert.equal(await sha256(join(project.data(path), "file")), digest(bytes), path);
      await project.expectNoChanges();
    }
    await again(project, () => project.destroy("--skip-preview"));
    assert.deepEqual(await project.resources(), []);
    assert.deepEqual(await snapshot(project.data("")), earlier);
    // Pulumi's own orphans stay: its language host, and a provider process that had nothing to do yet.
    await outlive(watchers);
  });
}

/** Of this host's things there are as many as the program has volumes, all of them attached, and of their sizes. */
async function assertNothingElse(project: Project, count: number): Promise<void> {
  const wanted = new Map((await project.resources()).map(({ id, outputs }) => [id, outputs.size]));
  const volumes = (await logicalVolumes(project.group)).filter(({ lv_name: lv }) => lv?.startsWith("volume-"));
  for (const { lv_name: name, lv_size: size } of volumes)
    assert.equal(Number(size) / gib, wanted.get(`${project.group}/${name}`), name);
  assert.equal(volumes.length, count);
  assert.equal((await loopsOver(project.data("pool.img"))).length, hasDeviceMapper() ? 1 : 1 + count);
  assert.equal((await mountsUnder(project.data(""))).length, count);
}
