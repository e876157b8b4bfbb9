import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { throwIfCancelled } from "../cancellation.js";
import { BlockboxError } from "../errors.js";
import { run } from "./command.js";
import { runFolder } from "./runFolder.js";

/** A held lock. `fd` is handed to every child that changes what the lock guards. */
export interface Lock {
  readonly name: string;
  readonly fd: number;
}

export interface LockOptions {
  /** How long to wait for another process. Waiting behind callers of this process does not count. Default 60,000. */
  waitMs?: number;
  /** Told once, after about a second, what is waited for. */
  notify?: (message: string) => void;
  /** Done once at the end of a hold, when the lock has been through the hands of all callers that shared it. */
  beforeRelease?: (lock: Lock) => Promise<void>;
}

/** An interruption is seen after so long. */
const sliceMs = 2_000;
const defaultWaitMs = 60_000;
const quietMs = 1_000;

/** How long a lock goes from one caller of this process to the next before other processes get their turn, in ms. */
const shareMs = 5_000;

/** The callers of one name in this process: each queues behind the last one, whatever became of it. */
interface Queue {
  last: Promise<void>;
  waiting: number;
  /** The lock, when it is handed on to the next caller. */
  held?: Hold | undefined;
}

interface Hold {
  readonly lock: Lock;
  readonly since: number;
}

const queues = new Map<string, Queue>();

/**
 * Run `body` while no other process, nor any child that one left behind when it was killed, holds the lock `name`
 * (letters, digits, `_+.-`). Throws LOCK_HELD, naming the holder, when the wait was in vain.
 */
export async function withLock<T>(
  name: string,
  purpose: string,
  body: (lock: Lock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  if (!/^[A-Za-z0-9_+.-]{1,200}$/.test(name) || name.startsWith("."))
    throw new TypeError(`not a name of a lock: ${name}`);
  const queue = queues.get(name) ?? { last: Promise.resolve(), waiting: 0 };
  queues.set(name, queue);
  queue.waiting += 1;
  const work = queue.last.then(() => hold(name, purpose, body, options, queue));
  const ended = work.then(ignore, ignore);
  queue.last = ended;
  try {
    return await work;
  } finally {
    if (queue.last === ended) queues.delete(name);
  }
}

async function hold<T>(
  name: string,
  purpose: string,
  body: (lock: Lock) => Promise<T>,
  options: LockOptions,
  queue: Queue,
): Promise<T> {
  queue.waiting -= 1;
  const held = queue.held ?? (await take(name, options));
  queue.held = undefined;
  const { lock, since } = held;
  let isHandedOn = false;
  try {
    // Written at the descriptor's own position, which then stands at the end: see command.ts.
    writeSync(lock.fd, `pid ${process.pid}: ${purpose}\n`);
    const result = await body(lock);
    // After a failure some child of it may still be at work: then the next one waits for that as everybody does.
    isHandedOn = queue.waiting > 0 && performance.now() - since < shareMs;
    return result;
  } finally {
    if (isHandedOn) queue.held = held;
    else await release(lock, options);
  }
}

async function take(name: string, options: LockOptions): Promise<Hold> {
  const path = `${runFolder()}/${name}.lock`;
  // Never unlinked: a waiter would then lock a file that nobody else sees.
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  const lock: Lock = { name, fd };
  try {
    await acquire(lock, path, options);
    ftruncateSync(fd);
    return { lock, since: performance.now() };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

async function release(lock: Lock, { beforeRelease }: LockOptions): Promise<void> {
  try {
    await beforeRelease?.(lock);
  } finally {
    // An empty file takes no space in /run, which is small, and has one for every volume.
    ftruncateSync(lock.fd);
    // Only closed, never unlocked: a child that outlives us must go on holding it.
    closeSync(lock.fd);
  }
}

async function acquire(lock: Lock, path: string, options: LockOptions): Promise<void> {
  const waitMs = options.waitMs ?? defaultWaitMs;
  if (await tryFor(lock, Math.min(waitMs, quietMs))) return;
  const restMs = waitMs - quietMs;
  if (restMs > 0) {
    options.notify?.(`waiting for the lock of ${lock.name}, held by ${holder(path)}`);
    const deadline = performance.now() + restMs;
    for (let leftMs = restMs; leftMs > 0; leftMs = deadline - performance.now()) {
      throwIfCancelled(`the lock of ${lock.name}, held by ${holder(path)}`);
      if (await tryFor(lock, Math.min(leftMs, sliceMs))) return;
    }
  }
  throw new BlockboxError(
    "LOCK_HELD",
    `${lock.name} could not be changed within ${Math.round(waitMs / 1000)} s, because its lock ${path} is held by ${holder(path)}, ` +
      "or by a command that it started. Wait for it to end, then run again.",
  );
}

/** flock(1) locks the open file that it inherits, which is ours: Node itself has no flock. Exit code 1: not within the time. */
async function tryFor(lock: Lock, waitMs: number): Promise<boolean> {
  const options = { lock, okExitCodes: [0, 1], timeoutMs: waitMs + 10_000 };
  const { exitCode } = await run("flock", ["-x", "-w", (waitMs / 1000).toFixed(3), "0"], options);
  return exitCode === 0;
}

function ignore(): void {}

function holder(path: string): string {
  // The last of those that shared it.
  return readFileSync(path, "utf8").trim().split("\n").at(-1) || "a command of an earlier run";
}
