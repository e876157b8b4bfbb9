import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerBase } from "../../tools/steps/dockerBase.mjs";
import { startEngine } from "../support/compose/engine.js";
import { root } from "../support/paths.js";
import { until } from "../support/until.js";

test("when a test's Docker ends, nothing of it is left on this host", { timeout: 120_000 }, async (t) => {
  const earlier = shownToAll();
  const engine = await startEngine("own");
  t.after(() => engine.clear());
  await engine.docker("import", dockerBase(), "bbt-base");
  await engine.docker("network", "create", "bbt");
  const options = ["--detach", "--restart=always", "--privileged", "--network=bbt", "--publish=127.0.0.1:8776:8776"];
  await engine.docker("run", ...options, "bbt-base", "sleep", "infinity");
  assert.notDeepEqual(containerProcesses(), []);
  assert.notDeepEqual(leftInCgroups(), []);
  assert.deepEqual(shownToAll(), earlier);

  await engine.clear();
  assert.deepEqual(containerProcesses(), []);
  assert.deepEqual(leftInCgroups(), []);
  assert.equal(existsSync(engine.folder), false);
});

test("it ends with the test's process too, however that ends", { timeout: 60_000 }, async (t) => {
  const text = `import { startEngine } from ${JSON.stringify(join(root, "test/support/compose/engine.ts"))};
    console.log((await startEngine("own")).folder);
    setInterval(() => {}, 1_000);`;
  const owner = spawn("node", ["--import", "tsx", "--input-type=module", "--eval", text], { cwd: root });
  t.after(() => owner.kill("SIGKILL"));
  const [folder] = (await once(owner.stdout.setEncoding("utf8"), "data")) as [string];
  const ofEngine = () => spawnSync("pgrep", ["--full", "--", folder.trim()], { encoding: "utf8" }).stdout;
  assert.notEqual(ofEngine(), "");
  owner.kill("SIGKILL");
  await until("nothing of it runs", () => ofEngine() === "" && !existsSync(folder.trim()));
});

/** What of this host a Docker would change for everybody. */
function shownToAll() {
  const links = execFileSync("ip", ["-oneline", "link"], { encoding: "utf8" }).split("\n");
  return {
    mounts: readFileSync("/proc/self/mounts", "utf8"),
    links: links.map((line) => line.split(":")[1]),
    folders: ["/etc/docker", "/opt", "/run", "/run/udev"].map((path) => (existsSync(path) ? readdirSync(path) : [])),
  };
}

/** Those whose control group is one of a test's Docker. */
function containerProcesses(): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cgroup`, "utf8").includes("/bbt-compose");
    } catch {
      return false; // it has ended
    }
  });
}

function leftInCgroups(): string[] {
  return execFileSync("find", ["/sys/fs/cgroup", "-maxdepth", "2", "-name", "bbt-compose"], { encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "");
}
