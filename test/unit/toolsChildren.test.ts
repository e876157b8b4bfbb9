import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

let root = "";
let folder = "";
let count = 0;
before(() => {
  root = mkdtempSync(join(tmpdir(), "bbt-children-"));
});
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});
after(() => rmSync(root, { recursive: true, force: true }));

const there = (name: string) => existsSync(join(folder, name));
const text = (name: string) => readFileSync(join(folder, name), "utf8");

describe("what a tool started", () => {
  // dpkg, run by apt-get in apt-get's process group: killed half-way, it wants to be repaired by hand.
  const apt = "trap '' INT; sh -c 'touch begun; sleep 1; touch ended'";

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`${signal}, twice: what must not be cut short ends first, and nothing goes on after it`, async () => {
      const tool = start(`await attempt("sh", ["-c", ${JSON.stringify(apt)}], { ...common, wholeOnly: true });
        await attempt("touch", ["next"], common);`);
      await until(() => there("begun"));
      tool.kill(signal);
      tool.kill(signal);
      assert.equal(await exitCode(tool), code);
      assert.ok(there("ended"));
      assert.equal(there("next"), false);
    });
  }

  it("a time limit: what must not be cut short ends first", async () => {
    const tool = start(`const { timedOut } = await attempt("sh", ["-c", ${JSON.stringify(apt)}],
        { ...common, wholeOnly: true, timeoutMs: 300 });
      process.exitCode = timedOut ? 7 : 0;`);
    assert.equal(await exitCode(tool), 7);
    assert.ok(there("ended"));
  });

  it("SIGTERM: anything else ends at once, with all that it started", async () => {
    const tool = start(`await attempt("sh", ["-c", "sleep 60 & echo $! >pid; touch begun; wait"], common);`);
    await until(() => there("begun"));
    const begin = Date.now();
    tool.kill("SIGTERM");
    assert.equal(await exitCode(tool), 143);
    assert.ok(Date.now() - begin < 5_000);
    await until(() => !runs(Number(text("pid"))));
  });

  it("kill -9 of the tool: its lock stays with the child, and goes with it", async () => {
    const tool = start(`await whileLocked(".", process.env, () =>
      attempt("sh", ["-c", "touch begun; sleep 2; touch ended"], common));`);
    await until(() => there("begun"));
    tool.kill("SIGKILL");
    await exitCode(tool);
    assert.equal(spawnSync("flock", ["--nonblock", folder, "true"]).status, 1);
    const next = start(`await whileLocked(".", process.env, async () => {
      process.exitCode = existsSync("ended") ? 0 : 1;
    });`);
    assert.equal(await exitCode(next), 0);
  });

  it("a child that stays behind: the lock is free when the work is done", async () => {
    const tool = start(`await whileLocked(".", process.env, () =>
      attempt("sh", ["-c", "sleep 5 >/dev/null 2>&1 & echo $! >pid"], common));`);
    assert.equal(await exitCode(tool), 0);
    assert.ok(runs(Number(text("pid"))));
    assert.equal(spawnSync("flock", ["--nonblock", folder, "true"]).status, 0);
    process.kill(Number(text("pid")));
  });
});

/** A tool of its own, in the test's folder. */
function start(body: string): ChildProcess {
  const tool = (name: string) => JSON.stringify(new URL(`../../tools/${name}`, import.meta.url).href);
  const main = `
    import { existsSync } from "node:fs";
    import { attempt } from ${tool("lib/quiet.mjs")};
    import { whileLocked } from ${tool("lib/lock.mjs")};
    const common = { env: process.env, timeoutMs: 60_000 };
    ${body}
  `;
  return spawn(process.execPath, ["--input-type=module", "--eval", main], { cwd: folder, stdio: "ignore" });
}

async function exitCode(tool: ChildProcess): Promise<number | null> {
  if (tool.exitCode === null && tool.signalCode === null) await once(tool, "exit");
  return tool.exitCode;
}

/** Whether that process runs; one that only waits to be reaped does not. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function until(is: () => boolean): Promise<void> {
  for (let tries = 0; !is(); tries += 1) {
    if (tries > 200) throw new Error("it did not come about in 10 s");
    await sleep(50);
  }
}
