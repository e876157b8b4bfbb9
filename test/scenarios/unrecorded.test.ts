import assert from "node:assert/strict";
import { test } from "node:test";
import { loopsOver, mountsUnder } from "../support/cleanup.js";
import { again } from "../support/crash.js";
import { startProvider } from "../support/provider.js";
import { finish, killQuietly, type Made, Project } from "../support/pulumi.js";
import { startRpcProxy } from "../support/rpcProxy.js";
import { logicalVolumes, snapshot } from "../support/system.js";

const kinds = ["Backend", "Volume", "Attachment"] as const;

function programOf(project: Project, size = 1): Made[] {
  const loopFile = { path: project.data("pool.img"), size: 4, sparse: true };
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { idOf: "pool" }, size } },
    {
      kind: "Attachment",
      name: "disk",
      args: { volume: { idOf: "data" }, size, mount: { path: project.data("disk") } },
    },
  ];
}

/**
 * Runs a command of the CLI, and kills it when the provider has answered the call of that number and method, before the
 * engine hears of it. The provider then ends as it does when its engine dies.
 */
async function unheard(project: Project, method: "create" | "update" | "delete", number: number, command: string) {
  const provider = await startProvider({ cwd: project.dir, door: "plugin" });
  let answers = 0;
  const proxy = await startRpcProxy(provider.port, {
    async answered(answered) {
      if (answered !== method) return;
      answers += 1;
      if (answers !== number) return;
      killQuietly(cli.pid ?? 0);
      await provider.engine.die();
    },
  });
  Object.assign(project.env, proxy.env);
  const cli = project.start(command, "--yes", "--skip-preview", "--stack", project.stack);
  try {
    await assert.rejects(finish(cli, command), /was ended by SIGKILL/);
    await provider.exited;
  } finally {
    delete project.env.PULUMI_DEBUG_PROVIDERS;
    proxy.stop();
    await provider.stop();
  }
}

for (const [index, kind] of kinds.entries()) {
  for (const next of ["up", "destroy"] as const) {
    test(`a ${kind} that was made and answered for, of which Pulumi knows nothing: ${next}`, {
      timeout: 120_000,
    }, async (t) => {
      const project = await Project.make(t, "unheard");
      project.door = "plugin";
      const earlier = await snapshot(project.data(""));
      project.program = programOf(project);
      await unheard(project, "create", index + 1, "up");
      assert.equal((await project.resources()).length, index);
      const made = (await logicalVolumes(project.group)).map(({ lv_uuid: uuid }) => uuid);
      assert.equal(made.length, index === 0 ? 0 : 1);

      if (next === "up") {
        await again(project, () => project.up("--skip-preview"));
        const now = await logicalVolumes(project.group);
        assert.equal(now.length, 1);
        if (made.length > 0)
          assert.deepEqual(
            now.map(({ lv_uuid: uuid }) => uuid),
            made,
          );
        assert.equal((await loopsOver(project.data("pool.img"))).length, 2);
        assert.equal((await mountsUnder(project.data(""))).length, 1);
        await project.expectNoChanges();
      }
      await again(project, () => project.destroy("--skip-preview"));
      if (kind === "Backend" && next === "destroy") {
        // Of this group no state knows any more. The next update of the same program takes it over.
        await again(project, () => project.up("--skip-preview"));
        await again(project, () => project.destroy("--skip-preview"));
      }
      assert.deepEqual(await snapshot(project.data("")), earlier);
    });
  }
}

test("a growth and a delete that were answered for, of which Pulumi knows nothing", { timeout: 120_000 }, async (t) => {
  const project = await Project.make(t, "unheard");
  project.door = "plugin";
  const earlier = await snapshot(project.data(""));
  project.program = programOf(project);
  await project.okUp("--skip-preview");
  project.program = programOf(project, 2);
  await unheard(project, "update", 1, "up");
  await again(project, () => project.up("--skip-preview"));
  assert.equal((await project.resource("data")).outputs.size, 2);
  await project.expectNoChanges();
  await unheard(project, "delete", 2, "destroy");
  await again(project, () => project.destroy("--skip-preview"));
  assert.deepEqual(await snapshot(project.data("")), earlier);
});
