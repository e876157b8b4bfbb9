import { BlockboxError } from "../../errors.js";
import { run } from "../command.js";
import type { Lock } from "../lock.js";
import { isDaemonListening } from "./daemon.js";
import { nodeOf, nothingThere, removeRecord, writeRecord } from "./nodeRecord.js";
import { findSession, type Session } from "./session.js";
import type { Chap, Target } from "./target.js";
import { undone } from "./undone.js";
import { untilSo } from "./untilSo.js";

/** iscsiadm's exit codes: there is such a session already; there is, but it has lost its connection. */
const [sessionExists, notConnected] = [15, 32];

/** What iscsiadm's exit codes mean, where its own words do not say what to do. */
const remedies: Readonly<Record<number, string>> = {
  4: "Its portal cannot be reached from this host: look at the network, the firewall, and the target's daemon there",
  // The kernel's own target (LIO) does not answer either when it is asked for one that it does not have.
  8: "Its portal does not answer, or has no such target: look at the network, the firewall, and what the target's host exports",
  11: "Its portal does not answer: look at the network, the firewall, and whether the target's daemon runs there",
  19: "The portal has no such target, or does not show it to this host's initiator name: look at the volume service's log",
  20: "iscsid does not run: `systemctl start iscsid`",
  18: "iscsid does not answer: `systemctl restart iscsid`",
  [notConnected]: "Its session has lost its connection: look at the network and the target's daemon",
  24: "The target did not take the CHAP secret, or this host's initiator name: look at the volume service's log",
};

/** How long a login may take, in ms: iscsid tries a portal some times, up to 15 s each. */
const loginMs = 90_000;

/** How long a session that has lost its connection may take to get it back, in ms. */
const recoveryMs = 30_000;

/** A session with a target, made if there is none. A login that fails leaves no record, and so no secret, behind. */
export async function ensureSession(target: Target, chap: Chap | undefined, lock: Lock): Promise<Session> {
  const there = findSession(target);
  if (there !== undefined) return usable(target, there);
  await writeRecord(target, chap, lock);
  try {
    await login(target, lock);
    const made = findSession(target);
    if (made !== undefined) return await usable(target, made);
    throw new BlockboxError("COMMAND_FAILED", `iscsiadm has logged in to ${wordsOf(target)}, but no session is seen.`);
  } catch (error) {
    throw await undone(error, async () => {
      if (findSession(target) !== undefined) await logout(target, lock);
      await removeRecord(target, lock);
    });
  }
}

async function login(target: Target, lock: Lock): Promise<void> {
  await ofNode(target, "--login", `Login to ${wordsOf(target)}`, [0, sessionExists], lock);
}

/** Ends the session with a target. The caller has seen that nothing uses it: iscsiadm would not ask. */
export async function logout(target: Target, lock: Lock): Promise<void> {
  const end = (...fine: number[]) =>
    ofNode(target, "--logout", `Logout of ${wordsOf(target)}`, [0, nothingThere, ...fine], lock);
  // An iscsid that was started again gets back to the sessions of the one before in some seconds.
  if ((await end(notConnected)) === notConnected) {
    await untilSo(() => findSession(target)?.state !== "FAILED", recoveryMs);
    await end();
  }
  const isGone = await untilSo(() => findSession(target) === undefined, 10_000);
  if (!isGone)
    throw new BlockboxError(
      "COMMAND_FAILED",
      `iscsiadm has logged out of ${wordsOf(target)}, but its session is still there.`,
    );
}

async function ofNode(
  target: Target,
  option: string,
  what: string,
  fine: readonly number[],
  lock: Lock,
): Promise<number> {
  // Without it, iscsiadm ends a logout with the code for a session that is not there.
  if (!isDaemonListening())
    throw new BlockboxError(
      "HOST_UNFIT",
      `${what} needs iscsid, which does not run: \`systemctl start iscsid\`, then run again.`,
    );
  const okExitCodes = [...fine, ...Object.keys(remedies).map(Number)];
  const args = [...nodeOf(target), option];
  const { exitCode, stderr, stdout } = await run("iscsiadm", args, { lock, okExitCodes, timeoutMs: loginMs });
  const remedy = remedies[exitCode];
  if (fine.includes(exitCode) || remedy === undefined) return exitCode;
  const words = (stderr || stdout).trim().replaceAll(/\s+/g, " ");
  throw new BlockboxError(
    "COMMAND_FAILED",
    `${what} failed (iscsiadm's exit code ${exitCode}): ${words} ${remedy}, then run again.`,
  );
}

async function usable(target: Target, session: Session): Promise<Session> {
  const isIn = await untilSo(() => findSession(target)?.state === "LOGGED_IN", recoveryMs);
  if (isIn) return session;
  throw new BlockboxError(
    "COMMAND_FAILED",
    `The session with ${wordsOf(target)} has lost its connection (${findSession(target)?.state ?? "gone"}), and did not get it back within ${recoveryMs / 1000} s. Look at the target's daemon and the network, then run again.`,
  );
}

export function wordsOf({ iqn, portal }: Target): string {
  return `target ${iqn} at ${portal}`;
}
