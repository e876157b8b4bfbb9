import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import type { Project } from "../pulumi.js";

interface Event {
  resourcePreEvent?: { metadata: { op: string; urn: string; keys?: string[] } };
}

/** What a run of the CLI did, or would do, to each resource, with the properties that replace it. */
export type Steps = Record<string, string[]>;

/** Runs a preview or an update; nothing where it refuses. */
export async function stepsOf(project: Project, verb: "preview" | "up"): Promise<{ steps?: Steps; output: string }> {
  const log = `${project.dir}/events`;
  await rm(log, { force: true });
  const { code, output } = await project[verb]("--event-log", log, ...(verb === "up" ? ["--skip-preview"] : []));
  if (code !== 0) return { output };
  const steps: Steps = {};
  for (const line of (await readFile(log, "utf8")).split("\n").filter((text) => text !== "")) {
    const { metadata } = (JSON.parse(line) as Event).resourcePreEvent ?? {};
    if (metadata === undefined || metadata.urn.includes("pulumi:pulumi:Stack") || metadata.op === "same") continue;
    const { op, urn, keys = [] } = metadata;
    steps[urn] = [...(steps[urn] ?? []), [op, ...keys.sort()].join(" ")].sort();
  }
  return { steps, output };
}

/** An update does what the preview said. */
export function assertAsSaid(done: Steps | undefined, said: Steps, output: string): void {
  assert.ok(done, `what the preview let pass failed:\n${output}`);
  assert.deepEqual(done, said);
}
