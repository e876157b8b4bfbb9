import assert from "node:assert/strict";
import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { letGo, removeImage } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { strike } from "../support/crash.js";
import { root } from "../support/paths.js";
import { type Made, Project } from "../support/pulumi.js";
import { Readme } from "../support/readme.js";
import { logicalVolumes, snapshot } from "../support/system.js";
import { until } from "../support/until.js";

const limit = { timeout: 300_000 };
const commandMs = 90_000;
const bytes = pattern("how-to", 2 ** 20);

/** A page of docs/how-to, for a reader in the folder of a project. */
function pageOf(
  t: { after(body: () => void): void },
  name: string,
  { dir, env }: Project,
  more: Record<string, string> = {},
) {
  const path = join(root, `docs/how-to/${name}.md`);
  const page = new Readme(path, { cwd: dir, env: { ...env, ...more }, after: (body) => t.after(body) });
  return {
    run: (begin: string, edit?: (command: string) => string) => page.run(begin, commandMs, edit),
    assertAllRan: () => page.assertAllRan(),
  };
}

function programOf(project: Project): Made[] {
  const loopFile = { path: project.data("pool.img"), size: 4, sparse: true };
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { idOf: "pool" }, size: 1 } },
    {
      kind: "Attachment",
      name: "data",
      args: { volume: { idOf: "data" }, mount: { path: project.data("disk") } },
    },
  ];
}

const volumesOf = async (project: Project) =>
  (await logicalVolumes(project.group).catch(() => [])).map(({ lv_name: name }) => `${project.group}/${name}`);

/** Kills `pulumi up` with the first volume made and not yet attached. */
async function killAtWork(project: Project, stack: string): Promise<void> {
  const { outcome } = await strike(project, "cli", ["up", "--yes", "--skip-preview", "--stack", stack], () =>
    until("a volume is being made", async () => (await volumesOf(project)).length > 0),
  );
  assert.equal(outcome, "hit");
}

test("a single host", limit, async (t) => {
  const project = await Project.make(t, "host", { entry: { file: "index.ts", text: "" } });
  const earlier = await snapshot(project.data(""));
  const example = join(root, "examples/single-host");
  const page = pageOf(t, "single-host", project);
  const mount = project.data("mnt");
  const here = (command: string) => command.replace("/mnt/blockbox-data", mount);
  await page.run("cd", () => `cp ${example}/index.ts . && cd .`);
  assert.match(await page.run("npx pulumi-blockbox doctor"), /lvm/);
  await page.run("pulumi stack init", (command) => `${command} && pulumi config set path ${mount}`);
  await page.run("pulumi up");
  const { deployment } = JSON.parse(await project.ok("stack", "export", "--stack", "dev"));
  const pool = deployment.resources.find(({ type }: { type: string }) => type.endsWith(":Backend")).outputs;
  t.after(() => removeImage(pool.lvm.loopFile.path, pool.volumeGroup));
  await page.run("echo", here);
  await page.run("pulumi config set");
  assert.match(await page.run("pulumi preview"), /~ size: 1 => 2/);
  await page.run("pulumi up --skip-preview");
  assert.match(await page.run("df", here), /\s2\.0G|\s1\.9G/);
  assert.equal(await page.run("cat", here), "hello");
  await page.run("pulumi destroy");
  await page.run("pulumi stack rm");
  page.assertAllRan();
  assert.deepEqual(await snapshot(project.data("")), earlier);
});

test("tearing down test volumes in CI", limit, async (t) => {
  const project = await Project.make(t, "ci");
  const earlier = await snapshot(project.data(""));
  project.door = "plugin";
  project.program = programOf(project);
  const page = pageOf(t, "test-volumes-in-ci", project, { DOOR: "plugin", PROGRAM: JSON.stringify(project.program) });
  const begin = async (job: number) => {
    const state = `${project.env.PULUMI_BACKEND_URL} PULUMI_CONFIG_PASSPHRASE=bbt JOB=${job}`;
    await page.run("export", () => `export PULUMI_BACKEND_URL=${state}`);
    await page.run('pulumi stack init "ci-');
  };

  await begin(1);
  await page.run("pulumi up --yes --skip-preview");
  await page.run('pulumi destroy --yes --skip-preview --remove --stack "ci-');
  assert.deepEqual(await snapshot(project.data("")), earlier);

  await begin(2);
  await killAtWork(project, "ci-2");
  assert.match(await page.run("pulumi stack ls"), /^ci-2/m);
  // The next job's checkout has none.
  await rm(join(project.dir, "Pulumi.ci-2.yaml"), { force: true });
  await page.run("for stack in");
  assert.doesNotMatch(await page.run("pulumi stack ls"), /^ci-/m);
  assert.deepEqual(await snapshot(project.data("")), earlier);

  await begin(3);
  await page.run("pulumi up --yes --skip-preview");
  await rm(join(project.dir, "state/.pulumi/stacks"), { recursive: true });
  const [volume = ""] = await volumesOf(project);
  assert.match(await page.run("vgs"), new RegExp(project.group));
  assert.match(await page.run("lvs"), new RegExp(volume));
  await page.run("pulumi stack init sweep", (command) => `export GROUP=${project.group} VOLUME=${volume}; ${command}`);
  for (const kind of ["Backend", "Volume", "Attachment"]) await page.run(`pulumi import blockbox:index:${kind}`);
  const said = await page.run("pulumi up --yes --skip-preview --stack sweep");
  assert.doesNotMatch(said, /created|replaced|deleted/);
  await page.run("pulumi destroy --yes --skip-preview --remove --stack sweep");
  await rmdir(project.data("disk"));
  assert.deepEqual(await snapshot(project.data("")), earlier);
  page.assertAllRan();
});

test("after a crash", limit, async (t) => {
  const project = await Project.make(t, "after");
  const earlier = await snapshot(project.data(""));
  project.program = programOf(project);
  const page = pageOf(t, "after-a-crash", project, { PROGRAM: JSON.stringify(project.program) });
  await killAtWork(project, project.stack);
  const { output: refused } = await project.up("--skip-preview");
  assert.match(refused, /the stack is currently locked by 1 lock\(s\)/);
  await page.run("pulumi cancel");
  await page.run("pulumi refresh");
  await page.run("pulumi up");
  await page.run("pulumi preview");
  assert.equal((await volumesOf(project)).length, 1);
  const file = join(project.data("disk"), "file");
  await writeThrough(file, bytes);

  await letGo(project.data(""));
  await assert.rejects(sha256(file), /ENOENT/);
  await page.run("pulumi up --skip-preview");
  assert.equal(await sha256(file), digest(bytes));
  page.assertAllRan();
  const { code, output } = await project.destroy("--skip-preview");
  assert.equal(code, 0, output);
  assert.deepEqual(await snapshot(project.data("")), earlier);
});
