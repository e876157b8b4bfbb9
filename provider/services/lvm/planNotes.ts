import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { runFolder } from "../../host/runFolder.js";
import type { Intent } from "./plannedChanges.js";

/**
 * What a preview planned for a group, left for the update that follows in another process: its first volumes are placed
 * before the rest are heard of, and must leave room for them, as the preview promised. Only a hint, so it may be lost.
 */
interface Notes {
  readonly [identity: string]: Intent & { readonly notedAt: number };
}

/** An update follows its preview within minutes; a plan older than this was given up, in ms. */
const validMs = 600_000;

/** What is planned, by identity, as far as it is recent. */
export function notedPlan(volumeGroup: string): [identity: string, Intent][] {
  return Object.entries(read(volumeGroup)).filter(([, { notedAt }]) => Date.now() - notedAt < validMs);
}

export function notePlanned(volumeGroup: string, identity: string, intent: Intent): void {
  write(volumeGroup, { ...read(volumeGroup), [identity]: { ...intent, notedAt: Date.now() } });
}

export function noteSettled(volumeGroup: string, identity: string): void {
  const { [identity]: settled, ...others } = read(volumeGroup);
  if (settled === undefined) return;
  if (Object.keys(others).length > 0) write(volumeGroup, others);
  else rmSync(path(volumeGroup), { force: true });
}

function read(volumeGroup: string): Notes {
  try {
    return JSON.parse(readFileSync(path(volumeGroup), "utf8")) as Notes;
  } catch {
    return {};
  }
}

function write(volumeGroup: string, notes: Notes): void {
  const draft = `${path(volumeGroup)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(notes), { mode: 0o600 });
  renameSync(draft, path(volumeGroup));
}

function path(volumeGroup: string): string {
  return `${runFolder()}/plan-${volumeGroup}.json`;
}
