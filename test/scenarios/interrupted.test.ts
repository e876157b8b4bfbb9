import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { mountsUnder } from "../support/cleanup.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { again } from "../support/crash.js";
import { hold } from "../support/held.js";
import { type Interruption, interrupt } from "../support/interrupt.js";
import { type Made, Project } from "../support/pulumi.js";
import type { Door } from "../support/rpc.js";
import { logicalVolumes, snapshot } from "../support/system.js";

const content = pattern("interrupted", 2 ** 20);
const gib = 2 ** 30;
const doors: readonly Door[] = ["plugin", "dynamic"];

describe("Ctrl-C while this host is at work", () => {
  for (const door of doors) {
    it(`through the ${door} door: create, extend and attach`, { timeout: 300_000 }, async (t) => {
      const project = await Project.make(t, "interrupted");
      const earlier = await snapshot(project.data(""));
      project.door = door;
      const loopFile = { path: project.data("pool.img"), size: 8, sparse: true };
      const pool: Made = { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } };
      const volume = (name: string, size: number): Made => ({
        kind: "Volume",
        name,
        args: { backend: { idOf: "pool" }, size },
      });
      const disk = (name: string, of: string): Made => ({
        kind: "Attachment",
        name: `disk-${name}`,
        args: { volume: { idOf: of }, mount: { path: project.data(name) } },
      });

      /** An update that is interrupted while one of the host's programs stands still; the next one goes through. */
      async function cutShort(program: Made[], held: string, interruption: Interruption): Promise<string[]> {
        project.program = program;
        const child = await hold(project.dir, held);
        const { PATH } = project.env;
        project.env.PATH = child.path;
        const update = ["up", "--yes", "--skip-preview"];
        const { code, output } = await interrupt(project, interruption, update, child.untilHeld, async (ended) => {
          // Interrupted once, the engine waits for what is under way.
          if (interruption.times === 2) await ended;
          if (child.isHeld()) await child.letGo("work");
        });
        assert.notEqual(code, 0, output);
        project.env.PATH = PATH;
        await child.remove();
        const left = (await project.resources()).map(({ urn }) => urn.split("::").at(-1) ?? "");
        await again(project, () => project.up("--skip-preview"));
        const names = (await project.resources()).map(({ urn }) => urn.split("::").at(-1));
        assert.deepEqual(names.sort(), program.map(({ name }) => name).sort());
        const sizes = (await logicalVolumes(project.group)).map(({ lv_size: size }) => Number(size) / gib);
        const wanted = program.flatMap(({ kind, args }) => (kind === "Volume" ? [args?.size] : []));
        assert.deepEqual(sizes.sort(), wanted.sort());
        return left;
      }

      const first = [pool, volume("a", 1), disk("a", "a")];
      // What was being made is made, and the state knows it.
      const known = await cutShort(first.slice(0, 2), "blkdiscard", { times: 1, who: "its group" });
      assert.deepEqual(known.sort(), ["a", "pool"]);
      // The file system is made again.
      await cutShort(first, "mkfs.ext4", { times: 2, who: "its group" });
      const file = join(project.data("a"), "file");
      await writeThrough(file, content);
      await cutShort([pool, volume("a", 2), disk("a", "a")], "blkdiscard", { times: 2, who: "the CLI" });
      await cutShort([...project.program, volume("b", 1)], "blkdiscard", { times: 2, who: "its group" });
      assert.equal(await sha256(file), digest(content));
      assert.deepEqual(await mountsUnder(project.data("")), [project.data("a")]);
      await project.expectNoChanges();
      await again(project, () => project.destroy("--skip-preview"));
      assert.deepEqual(await snapshot(project.data("")), earlier);
    });
  }
});
