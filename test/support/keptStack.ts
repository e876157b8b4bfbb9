import type { Project, Resource } from "./pulumi.js";

/** What differs between two makings of one program: what things are called where they live, and where that is. */
const own = ["name", "attachmentId", "createdAt", "devicePath", "hostName", "devices", "__location", "__shows"];

/** A stack's export as it would be of what was made now, in every other respect as an earlier release wrote it. */
export function madeNow(kept: string, { dir, group }: Kept, project: Project, made: readonly Resource[]): string {
  const pairs = new Map([
    [dir, project.dir],
    [group, project.group],
  ]);
  for (const then of resourcesIn(kept)) {
    const now = made.find(({ urn }) => urn === then.urn.replaceAll(group, project.group));
    if (now === undefined) throw new Error(`${then.urn} was not made now`);
    pair(then.id, now.id, pairs);
    for (const name of own) pair(then.outputs[name], now.outputs[name], pairs);
    const [before, after] = [then, now].map(({ outputs }) => Object.entries(outputs.__physicalVolumes ?? {}));
    pair(before, after, pairs);
  }
  return replaced(kept, pairs);
}

/** The same export in a stack of that name, of what another machine and another Cinder have. */
export function elsewhere(kept: string, { group }: Kept, project: Project): string {
  const pairs = new Map([[group, project.group]]);
  for (const { outputs } of resourcesIn(kept)) {
    const { machineId, endpoint } = outputs.__location as { machineId?: string; endpoint?: string };
    if (machineId) pairs.set(machineId, "0123456789abcdef".repeat(2));
    if (endpoint) pairs.set(endpoint, "http://192.0.2.1:8776/v3");
  }
  return replaced(kept, pairs);
}

/** Where an export was made. */
export interface Kept {
  readonly dir: string;
  readonly group: string;
}

export function keptIn(kept: string): Kept {
  const pool = resourcesIn(kept).find(({ urn }) => urn.endsWith("::pool"));
  if (pool === undefined) throw new Error("no Backend of this name is kept");
  const { volumeGroup, loopFile } = pool.inputs.lvm as { volumeGroup: string; loopFile: { path: string } };
  return { dir: loopFile.path.replace("/data/pool.img", ""), group: volumeGroup };
}

function resourcesIn(text: string): Resource[] {
  const { deployment } = JSON.parse(text) as { deployment: { resources: Resource[] } };
  return deployment.resources.filter(({ type }) => !type.startsWith("pulumi:"));
}

function pair(then: unknown, now: unknown, pairs: Map<string, string>): void {
  if (typeof then === "string" && typeof now === "string") pairs.set(then, now);
  else if (typeof then === "object" && then !== null && typeof now === "object" && now !== null)
    for (const [key, value] of Object.entries(then)) pair(value, (now as Record<string, unknown>)[key], pairs);
}

/** Long texts wherever they stand, also in one another; short ones only where they are the whole value. */
function replaced(text: string, pairs: ReadonlyMap<string, string>): string {
  const inOrder = [...pairs].sort(([a], [b]) => b.length - a.length);
  return inOrder.reduce(
    (all, [then, now]) =>
      then.length >= 12 ? all.replaceAll(then, now) : all.replaceAll(JSON.stringify(then), JSON.stringify(now)),
    text,
  );
}
