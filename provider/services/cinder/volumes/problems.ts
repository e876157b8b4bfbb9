import type { Problem } from "../../service.js";
import type { CinderVolume } from "../api/volumes.js";
import { plannedSpecs } from "../backends/planned.js";
import type { Cinder } from "../cinder.js";
import { markOf } from "../marks.js";
import { problemsOf } from "../plan.js";
import { isAdoptionOf } from "./adoption.js";
import { adoptProblems, checkedAgeMs } from "./adoptProblems.js";
import { findType } from "./type.js";
import type { VolumeWish } from "./wish.js";

export interface Change {
  readonly isNew: boolean;
  readonly retypes: boolean;
  /** Identity of the Backend that its type is of, where it is one of this program. */
  readonly plannedBackend: string | undefined;
}

interface Known {
  readonly wish: Partial<VolumeWish>;
  /** Names of what is not known yet. */
  readonly unknown: ReadonlySet<string>;
}

/** Against a new volume, or another type of one that exists. What is unknown is not judged; the service is asked only about what changes. */
export async function volumeProblems(
  cinder: Cinder,
  identity: string,
  { wish, unknown }: Known,
  change: Change,
): Promise<Problem[]> {
  if (!change.isNew && !change.retypes) return [];
  const type = unknown.has("type") ? "planned" : await typeOf(cinder, wish.type, change.plannedBackend);
  if (type === undefined) {
    const property = change.plannedBackend === undefined ? "volumeType" : "backend";
    return [
      { property, reason: `names volume type ${wish.type}, which this Cinder does not have: see \`cinder type-list\`` },
    ];
  }
  if (!change.isNew) return [];
  const [zone, source] = await Promise.all([zoneProblems(cinder, wish), sourceOf(cinder, identity, wish)]);
  const problems = [...zone, ...source.problems];
  const gib = wish.size ?? source.gib;
  const specs = type === "planned" ? plannedSpecs(change.plannedBackend) : type.specs;
  // What is taken over is there already, in a pool of its own.
  if (problems.length > 0 || gib === undefined || unknown.has("size") || specs === undefined || wish.adopt)
    return problems;
  const name = type === "planned" ? undefined : type.name;
  return problemsOf(cinder, identity, { kind: "volume", gib, ofOneGib: gib, type: name, specs }, "size");
}

/** Why it cannot grow to `size` GiB, if so. */
export async function growthProblem(
  cinder: Cinder,
  identity: string,
  id: string,
  size: number,
): Promise<string | undefined> {
  const volume = await cinder.volumes.read(id);
  if (volume === undefined || volume.size >= size) return undefined;
  if (volume.status.startsWith("error"))
    return `cannot grow: the volume has status ${volume.status} in Cinder. Mend the cause and set its status back (\`cinder reset-state ${id} --state available\`)`;
  const type = volume.volume_type === null ? undefined : await findType(cinder, volume.volume_type);
  const plan = {
    kind: "growth" as const,
    gib: size - volume.size,
    ofOneGib: size,
    pool: volume["os-vol-host-attr:host"] ?? undefined,
    type: type?.name,
    specs: type?.extra_specs ?? {},
  };
  const [problem] = await problemsOf(cinder, identity, plan, "size");
  return problem?.reason;
}

/** The name and extra specs of a wanted type; of one that this program makes, as planned. */
async function typeOf(cinder: Cinder, wanted: string | undefined, plannedBackend: string | undefined) {
  if (wanted === undefined) {
    const type = await cinder.defaultType.get();
    return { name: type?.name, specs: type?.extra_specs ?? {} };
  }
  const type = await findType(cinder, wanted);
  if (type) return { name: type.name, specs: type.extra_specs ?? {} };
  const specs = plannedSpecs(plannedBackend);
  return specs && { name: wanted, specs };
}

async function zoneProblems(cinder: Cinder, { availabilityZone }: Partial<VolumeWish>): Promise<Problem[]> {
  if (availabilityZone === undefined) return [];
  const zones = await cinder.zones.get();
  if (zones.some(({ zoneName, zoneState }) => zoneName === availabilityZone && zoneState.available)) return [];
  const names = zones.map(({ zoneName }) => zoneName).join(", ");
  return [{ property: "availabilityZone", reason: `${availabilityZone} is none of this Cinder's: it has ${names}` }];
}

interface Source {
  /** Size of what the volume begins as a copy of. */
  readonly gib?: number;
  readonly problems: Problem[];
}

async function sourceOf(cinder: Cinder, identity: string, wish: Partial<VolumeWish>): Promise<Source> {
  const { snapshotId, sourceVolumeId, adopt, size } = wish;
  if (adopt) {
    // What a killed create of its own has taken over already is no more where it was: create takes that.
    const left = (await cinder.leftVolumes.marked()).some(
      (volume) => markOf(volume)?.identity === identity && isAdoptionOf(volume, adopt),
    );
    return { problems: left ? [] : await adoptProblems(cinder, adopt, size, checkedAgeMs) };
  }
  const [property, id, what] =
    snapshotId === undefined ? ["sourceVolumeId", sourceVolumeId, "volume"] : ["snapshotId", snapshotId, "snapshot"];
  if (property === undefined || id === undefined) return { problems: [] };
  const source = await (what === "snapshot" ? cinder.snapshots.read(id) : cinder.volumes.read(id));
  if (source === undefined) return { problems: [{ property, reason: `names no ${what} of this Cinder: ${id}` }] };
  if (!canBeCopied(source)) {
    return { problems: [{ property, reason: `the ${what} has status ${source.status}, and cannot be copied` }] };
  }
  if (size !== undefined && size < source.size) {
    const reason = `is less than the ${source.size} GiB of the ${what} that it begins as a copy of: give at least that, or leave size out`;
    return { problems: [{ property: "size", reason }] };
  }
  return { gib: source.size, problems: [] };
}

/** One that is busy may be ready by the time. */
function canBeCopied({ status }: Pick<CinderVolume, "status">): boolean {
  return !status.startsWith("error") && status !== "deleting";
}
