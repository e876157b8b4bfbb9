import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { removeImage } from "../support/cleanup.js";
import { BlockBox } from "../support/compose/blockBox.js";
import { uniqueName } from "../support/deployment.js";
import type { Readme } from "../support/readme.js";
import { lvm } from "../support/system.js";
import { until } from "../support/until.js";

const limit = { timeout: 300_000 };
const running = ["database", "messages", "api", "scheduler", "volume"];

interface Volumes {
  volumes: { id: string; name: string; status: string; size: number; created_at: string }[];
}

describe("examples/block-box", () => {
  const group = uniqueName("group");
  let box: BlockBox;
  let readme: Readme;
  const laters: (() => void)[] = [];

  before(
    async () => {
      box = await BlockBox.start();
      readme = box.readme("block-box", (body) => laters.push(body));
      await readme.run("cd", 5_000);
    },
    { timeout: 900_000 },
  );
  after(async () => {
    await removeImage(`/var/lib/blockbox/${group}.img`, group);
    for (const later of laters) later();
    await box?.engine.clear();
  });

  /** What must not change, whatever becomes of the containers. */
  const kept = async () => {
    const { volumes } = await box.ask<Volumes>("/volumes/detail");
    const sums = volumes.map(async ({ id }) => [id, await sumOf(id)] as const);
    return {
      volumes: volumes.sort((a, b) => a.id.localeCompare(b.id)),
      sums: Object.fromEntries(await Promise.all(sums)),
    };
  };
  const inVolume = (script: string, ...words: string[]) =>
    box.run("block-box", ["docker", "compose", "exec", "-T", "volume", "sh", "-c", script, "sh", ...words]);
  const sumOf = (id: string) => inVolume('head -c 1M /var/lib/cinder/mnt/*/"volume-$1" | sha256sum', id);
  const unchanged = () => box.run("block-box", ["pulumi", "preview", "--expect-no-changes"]);

  it("its doctor tells what this host lacks for it", limit, async () => {
    const said = await readme.run("npx pulumi-blockbox doctor", 120_000, (command) => `${command} || test $? = 1`);
    assert.match(said, /docker/);
  });

  it(
    "its group is a volume group of this host, which is not destroyed while others have volumes in it",
    limit,
    async () => {
      await readme.run("pulumi --cwd group stack init", 60_000);
      await box.run("block-box", ["pulumi", "--cwd", "group", "config", "set", "name", group]);
      await readme.run("pulumi --cwd group up", 120_000);
      await lvm("lvcreate", "-an", "-Zn", "-Wn", "--yes", "--size", "4M", "--name", "volume-of-cinder", group);
      await assert.rejects(box.run("block-box", ["pulumi", "--cwd", "group", "destroy"]), /volume-of-cinder/);
      assert.match(await lvm("lvs", "--noheadings", "-o", "lv_name", group), /volume-of-cinder/);
      await lvm("lvremove", "--yes", `${group}/volume-of-cinder`);
    },
  );

  it("comes up by one command, which ends when the API answers", limit, async () => {
    await readme.run("docker compose up", 240_000);
    await box.ask("/limits");
    await readme.run("docker compose ps", 30_000);
    await box.untilHealthy();
    assert.deepEqual([...(await box.containers()).keys()].sort(), [...running, "schema", "secrets"].sort());
  });

  it("is reached on the loopback interface alone", limit, async () => {
    for (const [service, { NetworkSettings }] of await box.containers()) {
      const published = Object.values(NetworkSettings.Ports ?? {}).flatMap((bound) => bound ?? []);
      const expected = service === "api" ? [{ HostIp: "127.0.0.1", HostPort: "8776" }] : [];
      assert.deepEqual(published, expected, service);
    }
  });

  it("has passwords of its own, which are nowhere but in their volume", limit, async () => {
    const files = await inVolume("cat /run/block-box/*");
    const passwords = [...new Set(files.match(/[\w=]{32}/g))];
    assert.equal(passwords.length, 4, files);
    const ids = [...(await box.containers()).values()].map(({ Id }) => Id);
    const images = (await box.engine.docker("images", "--quiet")).trim().split("\n");
    const places: [string, string][] = [
      ["docker inspect", await box.engine.docker("inspect", ...ids, ...images)],
      [
        "arguments and environments",
        await box.engine.inside("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ"),
      ],
      ["logs", (await Promise.all(ids.map((id) => box.run("block-box", ["docker", "logs", id])))).join()],
      ...(await filesIn(box.folder("block-box"))),
    ];
    for (const [place, text] of places)
      for (const password of passwords) assert.ok(!text.includes(password), `${place} has a password in clear`);
  });

  it("has volumes by its program, exported to another host, and then nothing is left to do", limit, async () => {
    await readme.run(". ./cinder.rc", 5_000);
    const initiator = "iqn.2026-01.org.example:other";
    const set = (key: string, value: string) => `pulumi config set ${key} ${value}`;
    await readme.run("pulumi stack init", 60_000, (command) =>
      [command, set("backendName", "nfs"), set("initiator", initiator)].join(" && "),
    );
    await readme.run("pulumi up", 180_000);
    await unchanged();
    const { volumes } = await kept();
    assert.deepEqual(volumes.map(({ size, status }) => [size, status]).sort(), [
      [1, "available"],
      [1, "in-use"],
    ]);
    for (const { id } of volumes)
      await inVolume('head -c 1M /dev/urandom | dd of="$(ls /var/lib/cinder/mnt/*/"volume-$1")" conv=notrunc', id);
  });

  for (const service of running)
    it(`${service}: killed, it comes back, with the same volumes, data and plans`, limit, async () => {
      const earlier = await kept();
      await box.kill(service);
      assert.deepEqual(await kept(), earlier);
      await unchanged();
    });

  it("survives the loss of the database's and the volume service's containers", limit, async () => {
    const earlier = await kept();
    const lost = await Promise.all([box.container("database"), box.container("volume")]);
    await box.engine.docker("rm", "--force", ...lost.map(({ Id }) => Id));
    await box.run("block-box", ["docker", "compose", "up", "--detach"]);
    await box.untilHealthy();
    assert.notEqual((await box.container("database")).Id, lost[0].Id);
    assert.deepEqual(await kept(), earlier);
    await unchanged();
  });

  it("examples/second-backend joins it, and its Backend is done only when its service is up", limit, async (t) => {
    const second = box.readme("second-backend", (body) => t.after(body));
    await second.run("cd", 5_000);
    await second.run(". ../block-box/cinder.rc", 5_000);
    await second.run("pulumi stack init", 60_000);
    let isDone = false;
    const up = second.run("pulumi up", 240_000).finally(() => {
      isDone = true;
    });
    const types = async () => (await box.ask<{ volume_types: { name: string }[] }>("/types")).volume_types.length;
    const before = await types();
    await until("the Backend is being made", async () => isDone || (await types()) > before, { limitMs: 60_000 });
    assert.equal(isDone, false, "it did not wait");
    await second.run("docker compose up", 120_000);
    await up;
    const { services } = await box.ask<{ services: { host: string; state: string }[] }>("/os-services");
    assert.equal(services.find(({ host }) => host === "second@nfs")?.state, "up");
    await box.run("second-backend", ["pulumi", "preview", "--expect-no-changes"]);
    await unchanged();
    await second.run("pulumi destroy", 120_000);
    await second.run("docker compose down", 120_000);
    second.assertAllRan();
  });

  it("with Keystone, the same program runs as its administrator", limit, async () => {
    await readme.run("pulumi destroy", 120_000);
    assert.deepEqual((await kept()).volumes, []);
    await readme.run("export COMPOSE_FILE", 240_000, (command) =>
      command.replace(" &&", `:${box.override("block-box")} &&`),
    );
    await readme.run(". ./keystone.rc", 30_000);
    await box.untilHealthy();
    const pulumi = (...words: string[]) => box.run("block-box", ["pulumi", ...words], "keystone.rc");
    await pulumi("up", "--skip-preview");
    await pulumi("preview", "--expect-no-changes");
    await pulumi("destroy", "--skip-preview");
  });

  it("is taken down with all that it made", limit, async () => {
    await readme.run("docker compose down", 120_000);
    await readme.run("pulumi --cwd group destroy", 120_000);
    readme.assertAllRan();
    assert.equal((await box.containers()).size, 0);
    assert.equal((await box.engine.docker("volume", "ls", "--quiet")).replace(/^[0-9a-f]{64}$/gm, "").trim(), "");
  });
});

async function filesIn(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map(async (path) => [path, await readFile(path, "utf8")]));
}
