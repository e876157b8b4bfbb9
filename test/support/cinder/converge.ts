import assert from "node:assert/strict";
import type { Deployment, Op, Program, Step } from "../deployment.js";
import { CheckFailed } from "../deployment.js";
import { CallError, type Failure } from "../rpc.js";

/** What each step does, by resource. The delete that is half of a replacement is none of its own. */
export function ops(steps: readonly Step[]): Record<string, Op> {
  const all: Record<string, Op> = {};
  for (const { name, op } of steps) all[name] ??= op;
  return all;
}

/**
 * A preview says `wanted` (what it does not name is the same), an update does it, and then nothing is left to do: neither
 * for a preview, nor for one after a refresh, which changes nothing itself.
 */
export async function converge(deployment: Deployment, program: Program, wanted: Record<string, Op>): Promise<void> {
  const all = { ...nothing(program), ...wanted };
  await deployment.withProvider(async () => {
    assert.deepEqual(ops(await deployment.preview(program)), all, "the preview");
    assert.deepEqual(ops(await deployment.up(program)), all, "the update");
  });
  await settled(deployment, program);
}

/** Looked at by a provider process of its own, so that nothing is known from the update. */
export async function settled(deployment: Deployment, program: Program): Promise<void> {
  await deployment.withProvider(async () => {
    assert.deepEqual(ops(await deployment.preview(program)), nothing(program), "a preview after the update");
    const before = structuredClone([...deployment.state.values()]);
    assert.deepEqual(await deployment.refresh(), []);
    assert.deepEqual([...deployment.state.values()], before, "what a refresh changes");
    assert.deepEqual(ops(await deployment.preview(program)), nothing(program), "a preview after the refresh");
  });
}

function nothing(program: Program): Record<string, Op> {
  return Object.fromEntries(program.map(({ name }) => [name, "same" as const]));
}

/** What a call that has to fail says, by property: of a check or, where only the existing thing can tell, of a diff. */
export async function refused(call: Promise<unknown>): Promise<Failure[]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CheckFailed) return [...error.failures];
    if (error instanceof CallError && error.method === "diff") {
      const [, property = "", reason = ""] = /^property (\S+) has a problem: (.*)$/s.exec(error.message) ?? [];
      return [{ property, reason: reason || error.message }];
    }
    throw error;
  }
  return [];
}

/** Fails unless a call is refused for one property, with words that match. */
export async function assertRefused(call: Promise<unknown>, property: string, says: RegExp): Promise<void> {
  const failures = await refused(call);
  assert.deepEqual(
    failures.map((one) => one.property),
    [property],
    JSON.stringify(failures),
  );
  assert.match(failures[0]?.reason ?? "", says);
}
