import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { run } from "../../provider/host/command.js";
import { withLock } from "../../provider/host/lock.js";
import { creatorState, machineId, thisProcess } from "../../provider/host/machine.js";
import { until } from "../support/until.js";

const holderScript = fileURLToPath(new URL("lockHolder.ts", import.meta.url));

let count = 0;
const newName = () => `bbh-lock-${process.pid}-${++count}`;
const fileOf = (name: string) => `/run/lock/blockbox/${name}.lock`;

/** Another process that holds the lock while its command runs. Resolves once it holds it. */
async function holder(name: string, tool: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", holderScript, name, "a test's purpose", tool, ...args]);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.stderr.once("data", (text) => reject(new Error(String(text))));
  });
  return child;
}

/** What a file of /proc says; empty once its process is gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function childrenOf(pid: number | undefined): number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** The child of `parent` that runs that program, once it does. */
async function commandOf(parent: ChildProcess, name: string): Promise<number> {
  let found: number | undefined;
  await until(`process ${parent.pid} runs ${name}`, () => {
    found = childrenOf(parent.pid).find((pid) => textOf(`/proc/${pid}/comm`).trim() === name);
    return found !== undefined;
  });
  return found as number;
}

test("callers of one process go one after the other, whatever becomes of each", async () => {
  const name = newName();
  const order: string[] = [];
  const failed = withLock(name, "first", async () => {
    order.push("first begins");
    await sleep(50);
    order.push("first ends");
    throw new Error("first fails");
  });
  const second = withLock(
    name,
    "second",
    async () => {
      order.push("second");
      return readFileSync(fileOf(name), "utf8");
    },
    { waitMs: 10 },
  );
  const elsewhere = withLock(newName(), "other", async () => order.push("other"));
  await assert.rejects(failed, /first fails/);
  const [said] = await Promise.all([second, elsewhere]);
  assert.deepEqual(order, ["first begins", "other", "first ends", "second"]);
  assert.equal(said, `pid ${process.pid}: second\n`);
  assert.equal(readFileSync(fileOf(name), "utf8"), "", "it names a holder that is gone");
});

test("callers that queue up in one process share the lock, and let others have their turn", async () => {
  const name = newName();
  const ends: string[] = [];
  const locks = new Set<unknown>();
  const work = (purpose: string, ms: number) =>
    withLock(
      name,
      purpose,
      async (lock) => {
        locks.add(lock);
        await sleep(ms);
        return readFileSync(fileOf(name), "utf8").trim().split("\n").at(-1);
      },
      { beforeRelease: async () => void ends.push(purpose) },
    );
  const said = await Promise.all([work("a", 10), work("b", 10), work("c", 10)]);
  assert.deepEqual(
    said,
    ["a", "b", "c"].map((purpose) => `pid ${process.pid}: ${purpose}`),
  );
  assert.deepEqual([locks.size, ends], [1, ["c"]]);
  const many = Array.from({ length: 8 }, (_, at) => work(`long ${at}`, 700));
  const other = await holder(name, "perl", "-e", "1");
  assert.ok(ends.length < 8, "the other process had to wait for all of them");
  await Promise.all(many);
  other.kill("SIGKILL");
});

test("a waiter is told who holds the lock, and fails at its limit", async () => {
  const name = newName();
  const child = await holder(name, "flock", "/tmp", "sleep", "30");
  try {
    const notes: string[] = [];
    const waiting = withLock(name, "never", async () => assert.fail("held twice"), {
      waitMs: 1_300,
      notify: (text) => notes.push(text),
    });
    await assert.rejects(waiting, {
      code: "LOCK_HELD",
      message: new RegExp(`held by pid ${child.pid}: a test's purpose`),
    });
    assert.deepEqual(notes, [`waiting for the lock of ${name}, held by pid ${child.pid}: a test's purpose`]);
  } finally {
    for (const pid of childrenOf(child.pid)) for (const sleeper of childrenOf(pid)) process.kill(sleeper);
    child.kill("SIGKILL");
  }
});

test("the child of a process killed with -9 holds the lock until it ends: lvm", async () => {
  const name = newName();
  mkdirSync("/run/lock/lvm", { recursive: true, mode: 0o700 });
  const group = `bbh-${process.pid}`;
  // lvm waits for its own lock of that group, which we hold: a real lvm command that takes as long as we like.
  const blocker = spawn("flock", [`/run/lock/lvm/V_${group}`, "sh", "-c", "echo held; exec sleep 60"]);
  await new Promise((resolve) => blocker.stdout.once("data", resolve));
  let lvm: number | undefined;
  try {
    const parent = await holder(name, "lvm", "vgchange", "--driverloaded", "n", "--addtag", "x", group);
    lvm = await commandOf(parent, "lvm");
    await sleep(50);
    parent.kill("SIGKILL");
    await new Promise((resolve) => parent.once("exit", resolve));
    assert.ok(readdirSync(`/proc/${lvm}/fd`).length > 0, "lvm lives on");
    await assert.rejects(
      withLock(name, "early", async () => {}, { waitMs: 200 }),
      { code: "LOCK_HELD" },
    );
    process.kill(lvm, "SIGKILL");
    lvm = undefined;
    await withLock(name, "after", async () => {}, { waitMs: 5_000 });
  } finally {
    if (lvm !== undefined) process.kill(lvm, "SIGKILL");
    for (const pid of childrenOf(blocker.pid)) process.kill(pid);
    rmSync(`/run/lock/lvm/V_${group}`, { force: true });
  }
});

test("the child of a process killed with -9 holds the lock until it ends: a stopped perl", async () => {
  const name = newName();
  const parent = await holder(name, "perl", "-e", "sleep 60");
  const perl = await commandOf(parent, "perl");
  process.kill(perl, "SIGSTOP");
  parent.kill("SIGKILL");
  try {
    await assert.rejects(
      withLock(name, "early", async () => {}, { waitMs: 200 }),
      { code: "LOCK_HELD" },
    );
  } finally {
    process.kill(perl, "SIGKILL");
  }
  await withLock(name, "after", async () => {}, { waitMs: 5_000 });
});

test("no descriptor is left open, and names that leave the folder are refused", async () => {
  const open = () => readdirSync("/proc/self/fd").length;
  const name = newName();
  await withLock(name, "warm up", async () => {});
  const before = open();
  for (let at = 0; at < 5; at += 1) await withLock(name, "again", async () => {});
  assert.equal(open(), before);
  for (const bad of ["", "../x", "a/b", ".x", "ü"])
    await assert.rejects(
      withLock(bad, "p", async () => {}),
      TypeError,
    );
});

test("a folder that others can write to keeps no locks", async () => {
  // In a mount namespace of its own, for other processes use the real folder meanwhile.
  const script = 'mount -t tmpfs none /run/lock && mkdir -m 777 /run/lock/blockbox && exec "$@"';
  const command = [process.execPath, "--import", "tsx", holderScript, newName(), "purpose", "perl", "-e", "1"];
  const child = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", script, "sh", ...command]);
  let words = "";
  for await (const text of child.stderr) words += text;
  assert.match(words, /HOST_UNFIT/);
});

test("a command under a lock finds nothing to read, and its failure is told in its own words", async () => {
  await withLock(newName(), "reading", async (lock) => {
    assert.equal((await run("perl", ["-e", "print defined(<STDIN>) ? 'read' : 'end'"], { lock })).stdout, "end");
  });
  await assert.rejects(run("lvm", ["vgs", "--driverloaded", "n", "bbh-none"]), (error: Error) => {
    assert.match(
      error.message,
      /^`lvm vgs --driverloaded n bbh-none` failed \(exit code 5\): Volume group "bbh-none" not found/,
    );
    assert.ok(!error.message.includes("Activation disabled"));
    return true;
  });
  assert.equal((await run("perl", ["-e", "exit 3"], { okExitCodes: [3] })).exitCode, 3);
});

test("a command is ended at its limit, or when it stands still, with SIGKILL if need be", async () => {
  const start = performance.now();
  await assert.rejects(run("perl", ["-e", "sleep 60"], { timeoutMs: 100 }), { code: "COMMAND_STALLED" });
  assert.ok(performance.now() - start < 2_000);

  let progress = 0;
  const moving = setInterval(() => (progress += 1), 20);
  const busy = run("perl", ["-e", "select undef, undef, undef, 0.6"], { timeoutMs: 200, progress: () => progress });
  await busy.finally(() => clearInterval(moving));
  const stubborn = `$SIG{TERM} = "IGNORE"; sleep 1 while 1`;
  await assert.rejects(run("perl", ["-e", stubborn], { timeoutMs: 200, progress: () => 0 }), {
    code: "COMMAND_STALLED",
    message: /made no progress for 0.2 s; it was ended/,
  });
  assert.deepEqual(
    childrenOf(process.pid).filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8") === "perl\n"),
    [],
  );
});

test("a creator is alive, dead, or of another machine", async () => {
  const self = thisProcess();
  assert.match(machineId(), /^[0-9a-f]{12}$/);
  assert.equal(creatorState(self), "alive");
  assert.equal(creatorState({ ...self, start: self.start - 1 }), "dead");
  assert.equal(creatorState({ ...self, machine: "000000000000" }), "elsewhere");
  const parent = spawn("sh", ["-c", "sleep 0.01 & echo $!; exec sleep 60"]);
  try {
    const zombie = Number(
      await new Promise<string>((resolve) => parent.stdout.once("data", (text) => resolve(String(text)))),
    );
    let stat = "";
    await until("the child is a zombie", () => {
      stat = textOf(`/proc/${zombie}/stat`);
      return /\) Z /.test(stat);
    });
    assert.equal(creatorState({ ...self, pid: zombie, start: Number(stat.split(" ")[21]) }), "dead");
  } finally {
    parent.kill();
  }
});

test.after(() => {
  for (const file of readdirSync("/run/lock/blockbox")) {
    if (file.startsWith(`bbh-lock-${process.pid}-`)) rmSync(`/run/lock/blockbox/${file}`);
  }
});
