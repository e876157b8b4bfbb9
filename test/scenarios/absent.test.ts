import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { letGo, loopsOver, mountsUnder } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { type Made, Project } from "../support/pulumi.js";
import { pathWith, shim } from "../support/shim.js";
import { command, snapshot, withoutAllocation } from "../support/system.js";
import { until } from "../support/until.js";

const content = pattern("absent", 4 * 1024 * 1024 + 5);
const commands = ["refresh", "up", "destroy"] as const;

/** Each of the three fails, in these words, changes nothing of the host, and keeps the state. */
async function assertAllRefused(project: Project, says: RegExp): Promise<void> {
  const known = await project.resources();
  const earlier = withoutAllocation(await snapshot(project.data("")));
  for (const name of commands) {
    const { code, output } = await project[name]("--skip-preview");
    assert.notEqual(code, 0, `${name} succeeded:\n${output}`);
    assert.match(output, says, name);
    assert.doesNotMatch(output, /\n\s+at .*\.js/, "a stack trace");
    const kept = await project.resources();
    assert.deepEqual(
      kept.map(({ urn, id }) => [urn, id]),
      known.map(({ urn, id }) => [urn, id]),
      name,
    );
    assert.deepEqual(withoutAllocation(await snapshot(project.data(""))), earlier, name);
  }
}

/** Runs `body` on what takes itself for another machine: /etc/machine-id, for the CLI and all that it starts, holds `text`. */
async function withMachineId(project: Project, text: string, body: () => Promise<void>): Promise<void> {
  const file = join(project.dir, "machine-id");
  await writeFile(file, text);
  const inside = `mount --bind ${file} /etc/machine-id && exec "$@"`;
  const elsewhere = await shim(
    project.dir,
    "pulumi",
    `exec unshare --mount --propagation private sh -c '${inside}' sh "$real" "$@"`,
  );
  const { PATH } = project.env;
  project.env.PATH = pathWith(elsewhere);
  try {
    await body();
  } finally {
    project.env.PATH = PATH;
  }
}

test("while the loop file's file system is not mounted, on another machine and on one without an id, refresh, up and destroy keep the state", {
  timeout: 300_000,
}, async (t) => {
  const project = await Project.make(t, "absent");
  const store = project.data("store");
  const mountStore = () => command("mount", "-o", "loop", project.data("store.img"), store);
  await mkdir(store);
  await command("truncate", "-s", "1G", project.data("store.img"));
  await command("mkfs.ext4", "-q", project.data("store.img"));
  await mountStore();
  const loopFile = { path: join(store, "pool.img"), size: 3, sparse: true };
  const program: Made[] = [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { ref: "pool" }, size: 1 } },
    { kind: "Attachment", name: "disk", args: { volume: { ref: "data" }, mount: { path: project.data("disk") } } },
  ];
  project.program = program;
  await project.okUp("--skip-preview");
  const file = join(project.data("disk"), "file");
  await writeThrough(file, content);
  const known = await project.resources();

  // A reboot after which one mount is missing.
  await letGo(project.data(""));
  assert.deepEqual(await mountsUnder(project.data("")), []);
  await until("the file system is let go of", async () => (await loopsOver(project.data("store.img"))).length === 0);
  await assertAllRefused(project, /file system.*\[NOT_HERE\]/s);

  // Its disk in another machine, where the file is.
  await mountStore();
  await withMachineId(project, `${"5".repeat(32)}\n`, () =>
    assertAllRefused(project, /lives on another machine \([0-9a-f]{12}; this is [0-9a-f]{12}\).*\[NOT_HERE\]/s),
  );
  for (const text of ["", "uninitialized\n"])
    await withMachineId(project, text, () =>
      assertAllRefused(project, /\/etc\/machine-id holds no id\. Run `systemd-machine-id-setup`.*\[HOST_UNFIT\]/s),
    );

  await project.okUp("--skip-preview");
  assert.equal(await sha256(file), digest(content));
  assert.deepEqual(
    (await project.resources()).map(({ id }) => id),
    known.map(({ id }) => id),
  );
  await project.expectNoChanges();
  await project.ok("destroy", "--yes", "--skip-preview", "--stack", project.stack);
  assert.deepEqual(await mountsUnder(project.data("")), [store]);
});
