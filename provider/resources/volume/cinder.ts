import { isDeepStrictEqual } from "node:util";
import type { Difference } from "../../declaration/compare.js";
import { hasUnknown, isUnknown } from "../../declaration/unknown.js";
import type { Failure } from "../../declaration/validate.js";
import { BlockboxError, PartlyMadeError } from "../../errors.js";
import { notice } from "../../host/notice.js";
import { getDefaultType } from "../../services/cinder/api/types.js";
import type { CinderVolume } from "../../services/cinder/api/volumes.js";
import { type Cinder, cinderOf } from "../../services/cinder/cinder.js";
import { backendIdOf, isUuid, requireUuid, typeOfBackend } from "../../services/cinder/ids.js";
import { type CinderLocation, findThere, requireThere } from "../../services/cinder/location.js";
import { ownMetadata } from "../../services/cinder/metadataChange.js";
import { settlePlanned } from "../../services/cinder/plan.js";
import { UnfinishedError } from "../../services/cinder/unfinished.js";
import { unmarkWhenQuiet } from "../../services/cinder/unmark.js";
import { letGo } from "../../services/cinder/volumes/adoption.js";
import { changeVolume } from "../../services/cinder/volumes/changeVolume.js";
import { makeVolume } from "../../services/cinder/volumes/makeVolume.js";
import { type Change, growthProblem, volumeProblems } from "../../services/cinder/volumes/problems.js";
import { removeVolume } from "../../services/cinder/volumes/removeVolume.js";
import { isBootable, isReadOnly } from "../../services/cinder/volumes/setFlags.js";
import { findType } from "../../services/cinder/volumes/type.js";
import type { VolumeWish } from "../../services/cinder/volumes/wish.js";
import type { Identity, VolumeService } from "../../services/service.js";
import { identityOf } from "../identity.js";
import { limitsOf } from "../limits.js";
import { metadataProblems } from "../metadataProblems.js";
import { asPartlyMade } from "../partlyMade.js";
import { type Life, refusal, replaces } from "../resource.js";
import { seenDescription } from "../seenDescription.js";
import type { VolumeInputs as Inputs, VolumeOutputs } from "./declaration.js";
import { withoutKnownSource } from "./knownSource.js";
import { planReadOnly, readOnlyIsSettled } from "./plannedReadOnly.js";

/** `__unfinished`: its create failed, and it may never have been whole. */
type Record = Inputs & VolumeOutputs & { __location: CinderLocation; __unfinished?: boolean };

/** A Volume as a volume of a Cinder. */
export const volumeWithCinder: Life<Inputs, Record> = {
  deleteBeforeReplace: false,

  async problems(identity, wanted, asker, before) {
    const own = [...exclusive(wanted), ...metadataProblems(wanted.metadata)];
    if (own.length > 0 || isUnknown(wanted.cloud)) return own;
    if (wanted.backend === undefined && !isConfigured(wanted.cloud)) return [noService];
    if (before !== undefined && isDeepStrictEqual(before, wanted)) return [];
    const held = before === undefined ? await heldHere(identity, wanted) : [];
    if (held.length > 0) return held;
    const change: Change = {
      isNew: before === undefined,
      retypes: before !== undefined && (before.backend !== wanted.backend || before.volumeType !== wanted.volumeType),
      plannedBackend: asker.backendUrn === undefined ? undefined : identityOf(asker.backendUrn).digest,
    };
    const problems = await volumeProblems(cinderOf(wanted.cloud), identity.digest, known(wishOf(wanted)), change);
    // The type is named where the program names it.
    const isNamed = ({ property }: Failure) => wanted.backend !== undefined && property === "volumeType";
    return problems.map((one) => (isNamed(one) ? { ...one, property: "backend" } : one));
  },

  async refuse(identity, id, olds, news, differences) {
    const cinder = cinderOf(olds.cloud);
    settlePlanned(cinder, identity.digest);
    if (replaces(differences)) return;
    if (differences.some(({ path }) => path[0] === "readOnly")) {
      if (await isAttached(cinder, id))
        throw refusal("readOnly", "cannot change while the volume is attached: detach it first");
      if (!isUnknown(news.readOnly)) planReadOnly(id, news.readOnly === true);
    }
    if (isUnknown(news.size) || news.size === undefined) return;
    if (olds.size === undefined || news.size <= olds.size) return;
    const reason = await growthProblem(cinder, identity.digest, requireUuid("Volume", id), news.size);
    if (reason !== undefined) throw refusal("size", reason);
  },

  async differing(olds, news, differences, id) {
    const others = await withoutSameType(olds, news, differences);
    return withoutKnownSource(others, async () => {
      const volume = await cinderOf(olds.cloud).volumes.read(requireUuid("Volume", id));
      return { snapshotId: volume?.snapshot_id ?? undefined, sourceVolumeId: volume?.source_volid ?? undefined };
    });
  },

  async repair(recorded, id) {
    if (recorded.__unfinished !== true) return "none";
    const volume = await cinderOf(recorded.cloud).volumes.read(requireUuid("Volume", id));
    return volume === undefined || volume.status.startsWith("error") ? "replace" : "update";
  },

  async create(identity, wanted) {
    const cinder = cinderOf(wanted.cloud);
    settlePlanned(cinder, identity.digest);
    const location = await cinder.client.location();
    try {
      const letGoOf = async (name: string) => (await here()).handOver(name, identity.stack);
      const made = await makeVolume(cinder, identity, wishOf(wanted), limitsOf(wanted, cinder).createMs, letGoOf);
      return { id: made.id, outputs: record(wanted, made, location) };
    } catch (error) {
      throw asPartlyMade(error, wanted, location);
    }
  },

  async read(identity, id, recorded) {
    const cinder = cinderOf(recorded?.cloud);
    settlePlanned(cinder, identity.digest);
    requireUuid("Volume", id);
    const find = () => cinder.volumes.read(id);
    const volume = await findThere(cinder.client, recorded?.__location, `Volume ${id}`, find);
    if (volume === undefined) return undefined;
    if (recorded) unmarkWhenQuiet(cinder, "volumes", volume);
    if (volume.status.startsWith("error")) warn(volume);
    const inputs = seenInputs(volume, recorded);
    const seen = record(inputs, volume, await cinder.client.location());
    const outputs = recorded?.__unfinished ? { ...seen, __unfinished: true } : seen;
    // Inputs that a program need not give stay out of its own as long as nothing has changed.
    return recorded && isDeepStrictEqual(inputs, inputsOf(recorded)) ? { outputs } : { inputs, outputs };
  },

  async update(identity, id, olds, news) {
    const cinder = cinderOf(olds.cloud);
    readOnlyIsSettled(id);
    // From now on Cinder counts the growth itself.
    settlePlanned(cinder, identity.digest);
    const location = await cinder.client.location();
    await requireRecorded(cinder, id, olds.__location);
    const change = {
      from: wishOf(olds),
      to: wishOf(news),
      retypePolicy: news.retypePolicy,
      limitMs: limitsOf(news, cinder).updateMs,
    };
    try {
      return record(news, await changeVolume(cinder, id, change), location);
    } catch (error) {
      if (!(error instanceof UnfinishedError)) throw error;
      const now = await cinder.volumes.read(id);
      // Keys that this update has set are ours now.
      const owned = { ...olds, metadata: { ...olds.metadata, ...news.metadata } };
      const outputs = now ? record(seenInputs(now, owned), now, location) : olds;
      throw new PartlyMadeError(error, { resourceId: id, outputs });
    }
  },

  async delete(identity, id, recorded) {
    const cinder = cinderOf(recorded.cloud);
    await requireRecorded(cinder, id, recorded.__location);
    const isUnfinished = recorded.__unfinished === true;
    // What was to be taken over holds somebody's data.
    if (isUnfinished && recorded.adopt)
      return cinder.inFlight.run(() => letGo(cinder, id, limitsOf(recorded, cinder).deleteMs));
    const removal = {
      cascade: recorded.cascade === true,
      limitMs: limitsOf(recorded, cinder).deleteMs,
      isUnfinished,
      stack: identity.stack,
    };
    await cinder.inFlight.run(() => removeVolume(cinder, id, removal));
  },
};

/** A type by its UUID, its name or its Backend is one and the same; so is the default one where none is named. */
async function withoutSameType(
  olds: Record,
  news: Inputs,
  differences: readonly Difference[],
): Promise<readonly Difference[]> {
  const names = differences.map(({ path }) => path[0]);
  if (isUnknown(news.backend) || !names.some((name) => name === "backend" || name === "volumeType")) return differences;
  const wanted = wishOf(news).type;
  const cinder = cinderOf(olds.cloud);
  const type = wanted === undefined ? await getDefaultType(cinder.client) : await findType(cinder, wanted);
  if (type === undefined || type.name !== olds.volumeTypeName) return differences;
  return differences.filter(({ path }) => path[0] !== "backend" && path[0] !== "volumeType");
}

/** What of this host a Cinder may be let take over. */
async function here(): Promise<Pick<VolumeService, "refuseHandOver" | "handOver">> {
  return (await import("../../services/lvm/index.js")).lvm.volumes;
}

/** What a volume of ours on this host has against being taken over: Cinder does not know all that uses it. */
async function heldHere({ stack }: Identity, { adopt }: Inputs): Promise<Failure[]> {
  if (adopt === undefined || hasUnknown(adopt)) return [];
  const reason = await (await here()).refuseHandOver(adopt.sourceName, stack);
  if (reason === undefined) return [];
  return [{ property: "adopt.sourceName", reason: `names a volume of this host, and it ${reason}` }];
}

async function isAttached(cinder: Cinder, id: string): Promise<boolean> {
  return (await cinder.volumes.read(requireUuid("Volume", id)))?.status === "in-use";
}

function requireRecorded(cinder: Cinder, id: string, recorded: CinderLocation): Promise<void> {
  requireUuid("Volume", id);
  return requireThere(cinder.client, recorded, `Volume ${id}`, () => cinder.volumes.read(id));
}

/** Where no Cinder is configured at all, a Volume without a Backend is one whose Backend was forgotten. */
const noService: Failure = {
  property: "backend",
  reason:
    "is required: a Backend of this program, or the id of one. Without it a Volume is of a Cinder's default volume type, and no Cinder is configured (`pulumi config set blockbox:endpoint …`, or CINDER_ENDPOINT)",
};

function isConfigured(cloud: string | undefined): boolean {
  try {
    cinderOf(cloud);
    return true;
  } catch (error) {
    if (BlockboxError.is(error) && error.code === "CONFIG_MISSING") return false;
    throw error;
  }
}

/** What contradicts itself, whatever the service says. */
function exclusive(wanted: Inputs): Failure[] {
  const sources = (["snapshotId", "sourceVolumeId", "adopt"] as const).filter((name) => wanted[name] !== undefined);
  const [first, second] = sources;
  const failures: Failure[] = [];
  if (second !== undefined)
    failures.push({
      property: second,
      reason: `cannot be given together with ${first}: a volume has at most one source`,
    });
  for (const name of ["snapshotId", "sourceVolumeId"] as const) {
    const id = wanted[name];
    if (id !== undefined && !isUnknown(id) && !isUuid(id))
      failures.push({
        property: name,
        reason: "is of LVM, and this volume is of Cinder: give the UUID of one in Cinder",
      });
  }
  if (wanted.backend !== undefined && wanted.volumeType !== undefined)
    failures.push({
      property: "volumeType",
      reason: "cannot be given together with backend: each says the volume type",
    });
  if (wanted.size === undefined && first === undefined)
    failures.push({ property: "size", reason: "is required without snapshotId, sourceVolumeId or adopt: GiB" });
  return failures;
}

function wishOf(wanted: Inputs): VolumeWish {
  const { name, description, size, metadata, bootable, readOnly, snapshotId, sourceVolumeId, adopt } = wanted;
  const type =
    wanted.backend === undefined || isUnknown(wanted.backend) ? wanted.volumeType : typeOfBackend(wanted.backend);
  const { availabilityZone, schedulerHints } = wanted;
  return {
    name,
    description: description?.trim(),
    size,
    type,
    metadata,
    bootable,
    readOnly: readOnly ?? false,
    snapshotId,
    sourceVolumeId,
    adopt,
    availabilityZone,
    schedulerHints,
  };
}

/** A wish with nothing in the place of what is still unknown, and what that is. */
function known(wish: VolumeWish): { wish: Partial<VolumeWish>; unknown: ReadonlySet<string> } {
  const unknown = Object.entries(wish).flatMap(([name, value]) => (hasUnknown(value) ? [name] : []));
  const rest = Object.entries(wish).filter(([name]) => !unknown.includes(name));
  return { wish: Object.fromEntries(rest), unknown: new Set(unknown) };
}

/** The inputs of a volume as it is, in the words that state used: a type by its UUID is the same as by its name. */
function seenInputs(volume: CinderVolume, recorded: Record | undefined): Inputs {
  const readOnly = isReadOnly(volume);
  const common = {
    name: volume.name ?? "",
    size: volume.size,
    ...seenDescription(volume.description, recorded?.description),
    metadata: ownMetadata(volume.metadata, recorded?.metadata),
    readOnly,
    ...(volume.availability_zone ? { availabilityZone: volume.availability_zone } : {}),
  };
  const bootable = { bootable: isBootable(volume) };
  const type = seenType(volume, recorded);
  if (recorded === undefined) {
    return { ...common, ...bootable, ...type, retypePolicy: "never", cascade: false };
  }
  const { backend: _b, volumeType: _t, description: _d, ...kept } = inputsOf(recorded);
  return { ...kept, ...common, ...bootable, ...type };
}

function seenType(volume: CinderVolume, recorded: Record | undefined): Pick<Inputs, "backend" | "volumeType"> {
  const name = volume.volume_type;
  if (recorded === undefined) return name === null ? {} : { volumeType: name };
  const { backend, volumeType } = recorded;
  const isSame = [volume.volume_type, volume.volume_type_id].includes(
    backend === undefined ? volumeType : typeOfBackend(backend),
  );
  const wasDefault = backend === undefined && volumeType === undefined;
  if (isSame || name === null || (wasDefault && recorded.volumeTypeName === name)) {
    return { ...(backend === undefined ? {} : { backend }), ...(volumeType === undefined ? {} : { volumeType }) };
  }
  return backend === undefined ? { volumeType: name } : { backend: backendIdOf(name) };
}

function inputsOf(recorded: Record): Inputs {
  const { volumeTypeName, serviceHost, encrypted, multiattach, createdAt, __location, __unfinished, ...inputs } =
    recorded;
  return inputs;
}

function record(wanted: Inputs, volume: CinderVolume, location: CinderLocation): Record {
  const zone = wanted.availabilityZone ?? volume.availability_zone ?? undefined;
  const host = volume["os-vol-host-attr:host"];
  return {
    ...wanted,
    size: volume.size,
    bootable: isBootable(volume),
    ...(zone === undefined ? {} : { availabilityZone: zone }),
    ...(volume.volume_type === null ? {} : { volumeTypeName: volume.volume_type }),
    ...(host ? { serviceHost: host } : {}),
    encrypted: volume.encrypted,
    multiattach: volume.multiattach,
    createdAt: `${volume.created_at}Z`,
    __location: location,
  };
}

/** An error of Cinder's is told, but never taken for the end of the volume: its data may be whole. */
function warn({ id, name, status }: CinderVolume): void {
  notice(
    `Volume ${name ?? ""} (${id}) has status ${status} in Cinder. Its data may be whole: look at \`cinder message-list --resource_uuid ${id}\` and mend the cause.`,
  );
}
