import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { loopsOver, mountsUnder } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { again, crashRounds, crashSeed, outlive, type Strike, strike } from "../support/crash.js";
import { within } from "../support/guest.js";
import { type Made, Project } from "../support/pulumi.js";
import { random } from "../support/random.js";
import { hasDeviceMapper, logicalVolumes, snapshot } from "../support/system.js";

const seed = crashSeed;
const rounds = crashRounds(6);
const gib = 1024 ** 3;

function programOf(project: Project, edited: boolean): Made[] {
  const size = edited ? 2 : 1;
  const loopFile = { path: project.data("pool.img"), size: 8, sparse: true };
  const volume = (name: string, gibs: number): Made => ({
    kind: "Volume",
    name,
    args: { backend: { ref: "pool" }, size: gibs },
  });
  const disk = (name: string, of: string): Made => ({
    kind: "Attachment",
    name,
    args: { volume: { ref: of }, mount: { path: project.data(name) } },
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
    disk("disk-b", "b"),
    ...(edited ? [volume("c", 1), disk("disk-c", "c")] : []),
    ...(edited && hasDeviceMapper() ? copies : []),
  ];
}

/** How often a round looks for a moment at which there is something to end. */
const mostTries = 3;

console.log(`crash rounds: BLOCKBOX_SEED=${seed}`);

for (let round = 1; round <= rounds; round += 1) {
  const { pick, below } = random(seed + round);
  const what = round % 5 === 2 || round % 5 === 4 ? "destroy" : "edit";
  const victim = (seed + Math.floor(round / 2)) % 2 === 0 ? "cli" : "provider";
  // as a part of the time that the first update took: between the program's start and the end of what is done
  const [from, to] = what === "edit" ? [0.3, 0.65] : [0.12, 0.35];
  const moment = from + (below(1_000) / 1_000) * (to - from);
  const waits = pick([true, false]);
  const name = `round ${round}: kill -9 of the ${victim} during ${what}, at ${moment.toFixed(2)} of a run's time`;

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
      project.program = programOf(project, false);
      const begin = performance.now();
      await project.okUp("--skip-preview");
      const delayMs = Math.round((performance.now() - begin) * at);
      for (const file of files) await writeThrough(file, bytes);
      project.program = programOf(project, true);
      struck = await strike(project, victim, args, () => sleep(delayMs));
      const { outcome, watchers } = struck;
      t.diagnostic(
        `${outcome} after ${delayMs} ms with ${watchers.length / 2} providers at work; ${(await logicalVolumes(project.group).catch(() => [])).length} volumes then`,
      );
      at = outcome === "early" ? at + (1 - at) / 3 : at * 0.7;
    }
    const { watchers } = struck;
    if (waits) await outlive(watchers);

    if (what === "edit") {
      await again(project, () => project.up("--skip-preview"));
      for (const file of files) assert.equal(await sha256(file), digest(bytes));
      const names = (await project.resources()).map(({ urn }) => urn.split("::").at(-1)).sort();
      const disks = ["a", "b", "c", ...(hasDeviceMapper() ? ["copy"] : [])];
      const others = hasDeviceMapper() ? ["pool", "snap"] : ["pool"];
      assert.deepEqual(names, [...disks, ...disks.map((disk) => `disk-${disk}`), ...others].sort());
      const volumes = (await logicalVolumes(project.group)).filter(({ lv_name: lv }) => lv?.startsWith("volume-"));
      const sizes = volumes.map(({ lv_size: size }) => Number(size) / gib).sort();
      assert.deepEqual(sizes, hasDeviceMapper() ? [1, 2, 2, 2] : [1, 2, 2]);
      assert.equal((await loopsOver(project.data("pool.img"))).length, hasDeviceMapper() ? 1 : 4);
      assert.equal((await mountsUnder(project.data(""))).length, disks.length);
      if (hasDeviceMapper()) assert.equal(await sha256(join(project.data("disk-copy"), "file")), digest(bytes));
      await project.expectNoChanges();
    }
    await again(project, () => project.destroy("--skip-preview"));
    assert.deepEqual(await project.resources(), []);
    assert.deepEqual(await snapshot(project.data("")), earlier);
  });
}
