import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { loopsOver, mountsUnder } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { again } from "../support/crash.js";
import { mountedVolume } from "../support/mountedVolume.js";
import { finish, killQuietly, Project } from "../support/pulumi.js";
import { pathWith, shim } from "../support/shim.js";
import { logicalVolumes, snapshot } from "../support/system.js";
import { until } from "../support/until.js";

const content = pattern("stopped", 2 ** 20);

/** The work that is under way when all is killed: a program of the host, when it is meant, and what is run then. */
const works: { name: string; program: string; when?: string; next: "up" | "destroy" }[] = [
  { name: "the group is being made", program: "lvm", when: '[ "$1" = vgcreate ]', next: "up" },
  { name: "a volume is being zeroed", program: "blkdiscard", next: "up" },
  { name: "a volume is being made", program: "lvm", when: '[ "$1" = lvcreate ]', next: "destroy" },
  { name: "a file system is being made", program: "mkfs.ext4", next: "up" },
  { name: "it is being mounted", program: "mount", next: "destroy" },
];

for (const { name, program, when = "true", next } of works) {
  test(`killed while ${name}, which goes on: ${next} waits for that, and is right`, {
    timeout: 120_000,
  }, async (t) => {
    const project = await Project.make(t, "stopped");
    const earlier = await snapshot(project.data(""));
    project.program = mountedVolume(project);
    const child = await stopFirst(project, program, when);
    const { PATH } = project.env;
    project.env.PATH = child.path;
    const cli = project.start("up", "--yes", "--skip-preview", "--stack", project.stack);
    const ended = finish(cli, "up").catch(() => undefined);
    await child.untilStopped();
    for (const pid of [cli.pid ?? 0, ...(await project.processes("dynamic-provider"))]) killQuietly(pid);
    await ended;
    project.env.PATH = PATH;

    let isOver = false;
    const goesOn = again(project, () => project[next]("--skip-preview")).finally(() => {
      isOver = true;
    });
    goesOn.catch(() => undefined);
    await sleep(3_000);
    if (isOver) await goesOn;
    assert.ok(!isOver, `${next} did not wait`);
    child.goOn();
    await goesOn;
    if (next === "up") {
      assert.equal((await logicalVolumes(project.group)).length, 1);
      assert.equal((await loopsOver(project.data("pool.img"))).length, 2);
      assert.deepEqual(await mountsUnder(project.data("")), [project.data("disk")]);
      const file = join(project.data("disk"), "file");
      await writeThrough(file, content);
      await project.expectNoChanges();
      assert.equal(await sha256(file), digest(content));
    }
    await again(project, () => project.destroy("--skip-preview"));
    if (next === "destroy") {
      // What was made when the state did not know of it yet: the same program takes it over.
      await again(project, () => project.up("--skip-preview"));
      await again(project, () => project.destroy("--skip-preview"));
    }
    assert.deepEqual(await snapshot(project.data("")), earlier);
  });
}

/**
 * A stand-in for a program: its first run, `when` that is meant, becomes the real program only once it is told to go on. In a
 * session of its own, since the kernel wakes and ends what stands still in one whose first process dies.
 */
async function stopFirst(project: Project, program: string, when: string) {
  const pidFile = join(project.dir, "stopped");
  const stop = `echo $$ > ${pidFile}; kill -STOP $$; exec "$0" "$@"`;
  const first = `[ ! -e ${pidFile} ] && ${when}`;
  const stand = await shim(
    project.dir,
    program,
    `if ${first}; then exec setsid sh -c '${stop}' "$real" "$@"; fi; exec "$real" "$@"`,
  );
  const pid = () => Number(readFileSync(pidFile, "utf8"));
  return {
    path: pathWith(stand),
    untilStopped: () => until(`${program} stands still`, () => existsSync(pidFile) && isStopped(pid())),
    goOn: () => process.kill(pid(), "SIGCONT"),
  };
}

function isStopped(pid: number): boolean {
  return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}
