import assert from "node:assert/strict";
import type { Declared, Deployment, Op, Program, Ref, Stored } from "../deployment.js";
import type { Props } from "../rpc.js";
import type { Row } from "./bed.js";
import { converge } from "./converge.js";

/** One edit of a resource: its whole inputs, what they mean for it, and what is to be seen then. */
export interface Round {
  readonly inputs: Props | ((ref: Ref) => Props);
  readonly op: Op;
  /** What Cinder shows, as far as it is said; metadata is what others and we gave, without what Cinder adds. */
  readonly shows?: Row;
  /** Metadata keys that Cinder does not have any more. */
  readonly lacks?: readonly string[];
  readonly outputs?: Props;
  /** Done out of band before this edit. */
  readonly first?: (id: string) => Promise<void>;
}

/** A resource that is edited, by name of what is tested with it. */
export type Subjects = Readonly<Record<string, readonly Round[]>>;

export interface Edits {
  readonly kind: Declared["kind"];
  readonly subjects: Subjects;
  /** What else the program has, before the subjects. */
  readonly around: Program;
  /** Inputs of all subjects. */
  readonly common: (ref: Ref) => Props;
  readonly show: (stored: Stored) => Promise<Row>;
  readonly backend?: string;
}

/** How many updates all subjects have in common. */
export function roundsOf(subjects: Subjects): number {
  return Math.max(...Object.values(subjects).map((rounds) => rounds.length));
}

/** Edits every subject for the `index`th time, all in one update. One that has no more edits stays as it is. */
export async function editAll(deployment: Deployment, edits: Edits, index: number): Promise<void> {
  const { subjects, around, common, kind, backend } = edits;
  const now = Object.entries(subjects).map(([name, rounds]) => {
    const round = rounds[Math.min(index, rounds.length - 1)] as Round;
    return { name, round, isNew: index < rounds.length };
  });
  for (const { name, round, isNew } of now) if (isNew) await round.first?.(deployment.get(name).id);
  const program: Program = [
    ...around,
    ...now.map(({ name, round: { inputs } }) => ({
      kind,
      name,
      ...(backend === undefined ? {} : { backend }),
      inputs: (ref: Ref) => ({ ...common(ref), ...(typeof inputs === "function" ? inputs(ref) : inputs) }),
    })),
  ];
  const ids = new Map(now.map(({ name }) => [name, deployment.state.get(name)?.id]));
  const others = Object.fromEntries(around.map(({ name }) => [name, index === 0 ? "create" : "same"] as const));
  const wanted = Object.fromEntries(now.map(({ name, round, isNew }) => [name, isNew ? round.op : "same"] as const));
  await converge(deployment, program, { ...others, ...wanted });
  for (const { name, round } of now) {
    const stored = deployment.get(name);
    if (index > 0 && round.op !== "create") assert.equal(stored.id !== ids.get(name), wanted[name] === "replace", name);
    await assertSeen(name, round, stored, await edits.show(stored));
  }
}

async function assertSeen(name: string, round: Round, { outputs }: Stored, row: Row): Promise<void> {
  const { shows = {}, lacks = [] } = round;
  const { metadata, ...plain } = shows;
  const own = Object.fromEntries(Object.keys(plain).map((key) => [key, row[key]]));
  assert.deepEqual(own, plain, `${name}: what Cinder shows`);
  const has = row.metadata as Record<string, string> | undefined;
  for (const [key, value] of Object.entries((metadata ?? {}) as object))
    assert.equal(has?.[key], value, `${name}: ${key}`);
  for (const key of lacks) assert.equal(has?.[key], undefined, `${name}: ${key} should be gone`);
  for (const [key, value] of Object.entries(round.outputs ?? {}))
    assert.deepEqual(outputs[key], value, `${name}: output ${key}`);
}
